import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../src/base/errors.ts";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { LoadPoint, ResultDocument } from "../../src/result/index.ts";
import type { StartedRuntime } from "../runtime.ts";
import { waitReady } from "../wait-ready.ts";
import { type CheckedExporter, exporters, isEqual, loadArguments } from "./exporters.ts";
import { recordingProxy } from "./recording-proxy.ts";

const launcher = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "bin", "infermark.js");

const wanted = process.argv.slice(2);
const ids = exporters.map(({ id }) => id);
const unknown = wanted.filter((id) => !ids.includes(id));
if (unknown.length > 0) {
  process.stderr.write(`there is no exporter ${unknown.join(", ")}; there are ${ids.join(", ")}\n`);
  process.exitCode = 2;
} else {
  const chosen = exporters.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  let equal = true;
  for (const each of chosen) equal = (await check(each)) && equal;
  process.exitCode = equal ? 0 : 1;
}

/** Loads a model while the exporter is watched, and holds the figures of the document against the expositions. */
async function check(exporter: CheckedExporter): Promise<boolean> {
  const out = join("infermark-report", "exporters", exporter.id);
  const workspace = mkdtempSync(join(tmpdir(), `infermark-${exporter.id}-`));
  mkdirSync(out, { recursive: true });
  try {
    exporter.runtime.prepare(workspace);
    const started = await exporter.runtime.start(workspace, join(out, "runtime.log"));
    try {
      await waitReady(exporter.runtime, started, new AbortController().signal);
      return await compare(exporter, started, out);
    } finally {
      await started.process.stop();
    }
  } catch (thrown) {
    process.stderr.write(`${exporter.id}: ${messageOf(thrown)}\n`);
    return false;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function compare(exporter: CheckedExporter, { ports }: StartedRuntime, out: string): Promise<boolean> {
  const metrics = `http://127.0.0.1:${ports.metrics}/metrics`;
  const proxy = await recordingProxy(metrics);
  const own = exporter.servesModel
    ? undefined
    : await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e8 });
  try {
    await run(loadArguments(own?.restUrl ?? `http://127.0.0.1:${ports.rest}`, proxy.url, out));
  } finally {
    proxy.close();
    await own?.close();
  }
  // The first one only tells whether there is anything to be read.
  const [, before = ""] = proxy.texts;
  const after = proxy.texts.at(-1) ?? "";
  writeFileSync(join(out, "before.txt"), before);
  writeFileSync(join(out, "after.txt"), after);
  const document = JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as ResultDocument;
  const [point] = document.load?.runs[0]?.points ?? [];
  const figures = exporter.figures(point as LoadPoint, [before, after]);
  for (const figure of figures) {
    const { name, told, byHand } = figure;
    process.stdout.write(
      `${isEqual(figure) ? "equal " : "DIFFER"}  ${exporter.id}  ${name}: ${told} by hand ${byHand}\n`,
    );
  }
  return figures.every(isEqual);
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the load ended with exit ${code}`))));
  });
}

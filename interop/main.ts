import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import { messageOf } from "../src/base/errors.ts";
import { certify } from "./certify.ts";
import { allSucceeded, clientTable, driveClients } from "./clients/drive-clients.ts";
import { reference } from "./clients/reference.ts";
import { kserve } from "./kserve/runtime.ts";
import { mlserver } from "./mlserver/runtime.ts";
import { baselineOptions, publish } from "./publish.ts";
import type { Runtime, StartedRuntime } from "./runtime.ts";
import { triton } from "./triton/runtime.ts";
import { waitReady } from "./wait-ready.ts";

const runtimes: readonly Runtime[] = [kserve, mlserver, triton];

const ids = [...runtimes, reference].map(({ id }) => id);

const USAGE = `usage: npm run interop -- <runtime> [--publish] [--keep | --serve-only] [--out DIR] [-- options of certify]
       npm run interop -- clients [--out DIR]

  <runtime>     ${runtimes.map(({ id, version }) => `${id} (${version})`).join(", ")}
  --publish     certify it with its known failures; when there are no others, put the result into reports/runtimes and the
                recording into test/recordings
  --keep        certify it, then leave it running until Ctrl-C
  --serve-only  start it and leave it running until Ctrl-C, without certifying
  --out DIR     where the reports and the log of the runtime go (default infermark-report/<runtime>)

  clients       drive the reference runtime with real client libraries

Ends with the exit code of certify, or 1 when a call of a client failed; 2 for a wrong command line, 3 when the runtime did not come up.
`;

interface Options {
  readonly publish: boolean;
  readonly keep: boolean;
  readonly serveOnly: boolean;
  readonly out: string;
  readonly certify: readonly string[];
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf("--");
  const [own, passed] = split === -1 ? [argv, []] : [argv.slice(0, split), argv.slice(split + 1)];
  let parsed: ReturnType<typeof parseOptions>;
  try {
    parsed = parseOptions(own);
  } catch (thrown) {
    return wrong(messageOf(thrown));
  }
  const { positionals, values } = parsed;
  const [wanted, ...extra] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (wanted === undefined) return wrong("name a runtime");
  if (extra.length > 0) return wrong(`${extra.join(" ")}: options of certify go after --`);
  if (values.keep && values["serve-only"]) return wrong("--keep and --serve-only exclude each other");
  if (values.publish && values["serve-only"]) return wrong("--publish and --serve-only exclude each other");
  const out = values.out ?? join("infermark-report", wanted);
  if (wanted === reference.id) {
    if (values.publish || values.keep || values["serve-only"] || passed.length > 0)
      return wrong("clients take --out alone");
    return inWorkspace(reference, out, showClients);
  }
  const runtime = runtimes.find(({ id }) => id === wanted);
  if (!runtime) return wrong(`there is no runtime "${wanted}"; did you mean "${closest(wanted, ids)}"?`);
  const options = {
    publish: values.publish,
    keep: values.keep,
    serveOnly: values["serve-only"],
    out,
    certify: [...(values.publish ? baselineOptions(runtime) : []), ...passed],
  };
  return inWorkspace(runtime, out, (started, signal) => runWith(runtime, started, options, signal));
}

function parseOptions(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      publish: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      "serve-only": { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

function wrong(message: string): number {
  process.stderr.write(`${message}\n\n${USAGE}`);
  return 2;
}

/** The models live in a folder of this run alone: another run on the machine keeps its own. */
async function inWorkspace(
  runtime: Runtime,
  out: string,
  use: (started: StartedRuntime, interrupted: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort());
  const workspace = mkdtempSync(join(tmpdir(), `infermark-${runtime.id}-`));
  try {
    mkdirSync(out, { recursive: true });
    runtime.prepare(workspace);
    const started = await runtime.start(workspace, join(out, "runtime.log"));
    try {
      await waitReady(runtime, started, interrupt.signal);
      return await use(started, interrupt.signal);
    } finally {
      await started.process.stop();
    }
  } catch (thrown) {
    if (interrupt.signal.aborted) return 130;
    process.stderr.write(`${runtime.id}: ${messageOf(thrown)}\n`);
    return 3;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function runWith(
  runtime: Runtime,
  started: StartedRuntime,
  options: Options,
  interrupted: AbortSignal,
): Promise<number> {
  const { rest, grpc } = started.ports;
  const where = [
    ...(rest === undefined ? [] : [`REST http://127.0.0.1:${rest}`]),
    ...(grpc === undefined ? [] : [`gRPC 127.0.0.1:${grpc}`]),
  ];
  process.stdout.write(
    `${runtime.id} ${runtime.version} is ready: ${where.join(", ")} (process ${started.process.pid})\n`,
  );
  // A runtime that dies while it is certified is a finding, which certify reports: its exit code stands.
  const code = options.serveOnly ? 0 : await certify(runtime, started, options.out, options.certify);
  if (options.publish) process.stdout.write(`${published(runtime, options.out, code)}\n`);
  if ((options.keep || options.serveOnly) && !interrupted.aborted) {
    process.stdout.write("Ctrl-C stops it\n");
    await Promise.race([aborted(interrupted), started.process.died]);
  }
  return code;
}

async function showClients({ ports }: StartedRuntime, interrupted: AbortSignal): Promise<number> {
  const results = await driveClients(ports, interrupted);
  process.stdout.write(clientTable(results));
  return allSucceeded(results) ? 0 : 1;
}

function published(runtime: Runtime, out: string, code: number): string {
  if (code !== 0) return `not published, because certify ended with exit ${code}`;
  return `published: ${publish(runtime, out).join(", ")}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A listener alone does not keep the program running.
    const hold = setInterval(() => {}, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(hold);
      resolve();
    });
  });
}

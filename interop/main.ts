import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import { mlserver } from "./mlserver/runtime.ts";
import type { Runtime, RuntimeAddresses } from "./runtime.ts";

const runtimes: readonly Runtime[] = [mlserver];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const READY_WITHIN = "90s";

const USAGE = `usage: npm run interop -- <runtime> [--keep] [--out DIR] [-- certify options]

  <runtime>   ${runtimes.map(({ id, version }) => `${id} (${version})`).join(", ")}
  --keep      start it, print its addresses and wait for Ctrl-C, without certifying
  --out DIR   where the reports go (default infermark-report/<runtime>)
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: "boolean", default: false },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [wanted, ...extra] = positionals;
const runtime = runtimes.find(({ id }) => id === wanted);

if (values.help || wanted === undefined) {
  process.stdout.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else if (!runtime) {
  const nearest = closest(
    wanted,
    runtimes.map(({ id }) => id),
  );
  process.stderr.write(`there is no runtime "${wanted}"; did you mean "${nearest}"?\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runWith(runtime, extra);
}

async function runWith(subject: Runtime, certifyOptions: readonly string[]): Promise<number> {
  subject.prepare();
  const out = values.out ?? join("infermark-report", subject.id);
  mkdirSync(out, { recursive: true });
  const started = await subject.start(join(out, "runtime.log"));
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(130));
  });
  try {
    process.stdout.write(
      `${subject.id} ${subject.version}: REST ${started.rest ?? "none"}, gRPC ${started.grpc ?? "none"}\n`,
    );
    const work = values.keep
      ? stopped.then(() => 0)
      : Promise.race([certify(subject, started, out, certifyOptions), stopped]);
    return await Promise.race([work, started.process.died]);
  } finally {
    await started.process.stop();
  }
}

function certify(
  subject: Runtime,
  { rest, grpc }: RuntimeAddresses,
  out: string,
  options: readonly string[],
): Promise<number> {
  const argv = [
    join(root, "bin", "infermark.js"),
    "certify",
    ...["--config", join(root, "reports", "runtimes", subject.id, "target.yaml")],
    ...(rest === undefined ? [] : ["--rest", rest]),
    ...(grpc === undefined ? [] : ["--grpc", grpc]),
    ...subject.models.flatMap((model) => ["--model", model]),
    ...["--wait-ready", READY_WITHIN, "--out", out],
    ...options,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

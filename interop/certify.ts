import { spawn } from "node:child_process";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime, StartedRuntime } from "./runtime.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The committed `infermark.yaml` of the runtime, from the working directory: the document that records it may be published. */
export function targetFile(runtime: Pick<Runtime, "id">): string {
  return relative(process.cwd(), join(root, "reports", "runtimes", runtime.id, "target.yaml"));
}

/** Arguments of `infermark certify` for a started runtime; `options` come last, so that they win. */
export function certifyArguments(
  runtime: Pick<Runtime, "id">,
  { process: { pid }, ports: { rest, grpc } }: Pick<StartedRuntime, "ports"> & { process: { pid: number } },
  out: string,
  options: readonly string[],
): readonly string[] {
  return [
    "certify",
    "--config",
    targetFile(runtime),
    ...(rest === undefined ? [] : ["--rest", `http://127.0.0.1:${rest}`]),
    ...(grpc === undefined ? [] : ["--grpc", `127.0.0.1:${grpc}`]),
    "--server-pid",
    String(pid),
    "--out",
    out,
    ...options,
  ];
}

/** Runs `infermark certify` in a process of its own, with its output shown; resolves with its exit code. */
export function certify(runtime: Runtime, started: StartedRuntime, out: string, options: readonly string[]) {
  const argv = [join(root, "bin", "infermark.js"), ...certifyArguments(runtime, started, out, options)];
  return new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 70)));
  });
}

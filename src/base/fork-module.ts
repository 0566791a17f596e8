import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Runs one of our modules, named by the URL of its source, in a process of its own: a checkout through tsx, the package as it was compiled. Standard error can be read. */
export function forkModule(source: URL): ChildProcess {
  const inCheckout = import.meta.url.endsWith(".ts");
  const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return fork(inCheckout ? fileURLToPath(source) : fileURLToPath(source).replace(/\.ts$/, ".js"), [], {
    execArgv: inCheckout ? ["--conditions=source", "--import", tsx()] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

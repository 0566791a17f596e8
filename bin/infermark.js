#!/usr/bin/env node
// The launcher: runs the compiled `dist/`; in a checkout that changed since it was compiled, `src/` through tsx.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src", "cli", "main.ts");
const inCheckout = existsSync(source);

if (!inCheckout || (await import("./build.js")).isBuilt()) {
  await import(pathToFileURL(join(root, "dist", "src", "cli", "main.js")).href);
} else {
  // Conditions and the loader are process flags, so uncompiled sources need one child process.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = spawn(process.execPath, ["--conditions=source", "--import", tsx, source, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    // Ended by a signal before it could say how: interrupted, or broken.
    process.exitCode = code ?? (["SIGINT", "SIGTERM", "SIGHUP"].includes(signal) ? 130 : 70);
  });
}

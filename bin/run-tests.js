#!/usr/bin/env node
// Runs the test suite and ends with one line that any CI can read: `N passed, N failed`.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const folder = mkdtempSync(join(tmpdir(), "infermark-tests-"));
const report = join(folder, "results.json");

const child = spawn(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
  let passed = 0;
  let failed = 0;
  try {
    const results = JSON.parse(readFileSync(report, "utf8"));
    passed = results.numPassedTests;
    // A file that does not load has no tests to fail; it counts as one.
    const broken = results.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
    failed = results.numFailedTests + broken.length;
  } catch (error) {
    console.error(`the test run left no readable report: ${error instanceof Error ? error.message : error}`);
  }
  rmSync(folder, { recursive: true, force: true });
  const nothingRan = passed + failed === 0;
  console.log(`${passed} passed, ${nothingRan ? 1 : failed} failed`);
  process.exitCode = code === 0 && !nothingRan ? 0 : 1;
});

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "vitest.md"), "utf8");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

/** The files of the page: each block of code is named by the line before it. */
const files = new Map(
  [...page.matchAll(/`([\w.]+)`:\n\n```ts\n(.*?)```/gs)].map(([, name, code]) => [name as string, code as string]),
);

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Runs the tests of the page in a folder of their own, as a vendor would. */
async function runExample(change: (code: string) => string = (code) => code): Promise<readonly Assertion[]> {
  const folder = mkdtempSync(join(tmpdir(), "infermark-example-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const [name, code] of files) writeFileSync(join(folder, name), change(code));
  const child = spawn(process.execPath, [vitest, "run", "--reporter=json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  await new Promise((resolve) => child.once("close", resolve));
  if (!stdout.includes("{")) throw new Error(stderr);
  const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { testResults: { assertionResults: Assertion[] }[] };
  return report.testResults.flatMap(({ assertionResults }) => assertionResults);
}

const failed = (assertions: readonly Assertion[]) => assertions.filter(({ status }) => status === "failed");

const MINUTES = 60_000;

test("the example on the page passes", { timeout: 2 * MINUTES }, async () => {
  expect([...files.keys()]).toEqual(["server.ts", "conformance.test.ts"]);
  const assertions = await runExample();
  expect(failed(assertions)).toEqual([]);
  expect(assertions.filter(({ status }) => status === "passed").length).toBeGreaterThan(15);
});

test("the example with the fault on the page fails as the page says", { timeout: 2 * MINUTES }, async () => {
  const assertions = await runExample((code) => code.replace("ready: true", 'ready: "True"'));
  const [title, ...lines] = (/```\n(v1-rest\/.*?)```/s.exec(page)?.[1] ?? "").trimEnd().split("\n");
  expect(failed(assertions).map((assertion) => assertion.title)).toEqual([title]);
  const text = failed(assertions)[0]?.failureMessages.join("\n");
  expect(lines.length).toBe(4);
  for (const line of lines) expect(text).toContain(line);
});

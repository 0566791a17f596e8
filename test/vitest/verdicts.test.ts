import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

let assertions: readonly Assertion[] = [];
beforeAll(async () => {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const root = join(import.meta.dirname, "faulty");
  const args = [vitest, "run", "--reporter=json", "--config", join(root, "vitest.config.ts")];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  await new Promise((resolve) => child.once("close", resolve));
  const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { testResults: { assertionResults: Assertion[] }[] };
  assertions = report.testResults.flatMap(({ assertionResults }) => assertionResults);
});

const titles = (status: string) =>
  assertions.filter((each) => each.status === status).map(({ title }) => title.split(":")[0]);

test("a check that fails is a test that fails, with clause, expectation and answer", () => {
  expect(titles("failed")).toEqual(["v1-rest/model-readiness-is-a-boolean"]);
  const [failed] = assertions.filter(({ status }) => status === "failed");
  const text = failed?.failureMessages.join("\n");
  expect(text).toContain("V1-READY-01: ");
  expect(text).toMatch(/^expected /m);
  expect(text).toMatch(/^actual /m);
  expect(text).toContain("answer   status 200");
});

test("a check that needs what the runtime lacks is a test that is skipped", () => {
  expect(titles("pending").concat(titles("skipped"))).toContain("v1-rest/explain-answers-with-explanations");
});

test("every other check is a test that passes", () => {
  expect(titles("passed").length).toBeGreaterThan(10);
});

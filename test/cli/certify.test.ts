import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

let reference: RunningReference;
beforeAll(async () => {
  reference = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e8 });
});
afterAll(() => reference.close());

const target = () => ["--rest", reference.restUrl as string, "--grpc", reference.grpcAddress as string];
const SHORT = ["--duration", "300ms", "--warmup", "0s", "--concurrency", "2"];

const documentIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "infermark-report", "result.json"), "utf8")) as ResultDocument;

test("certify checks and loads every protocol that the target offers, in one document", async () => {
  const cwd = scratchFolder();
  const { code, stdout, stderr } = await runCli(["certify", ...target(), ...SHORT, "--no-color"], { cwd });
  expect(code, stdout + stderr).toBe(0);
  const { conformance, load, partial } = documentIn(cwd);
  expect(partial).toBe(false);
  expect(conformance?.profiles.map(({ id, status }) => `${id} ${status}`)).toEqual(
    conformance?.profiles.map(({ id }) => `${id} earned`),
  );
  const loaded = load?.runs.map(({ points }) => points[0]?.protocol) ?? [];
  expect(loaded).toEqual(expect.arrayContaining(["v1-rest", "v2-rest", "v2-grpc"]));
  for (const run of load?.runs ?? []) expect(run.points[0]?.counts.ok).toBeGreaterThan(0);
});

test("an engine narrows the load to the protocols that it speaks", async () => {
  const cwd = scratchFolder();
  const { code, stderr } = await runCli(["load", ...target(), ...SHORT, "--engine", "grpc-js"], { cwd });
  expect(code, stderr).toBe(0);
  expect(documentIn(cwd).load?.runs.map(({ points }) => points[0]?.protocol)).toEqual(["v2-grpc"]);
});

test("a run that shall be quiet writes nothing to standard error", async () => {
  const { code, stderr } = await runCli(["conformance", ...target(), "--suite", "v1-rest", "--quiet"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test("two runs with the same seed give the same verdicts", async () => {
  const verdicts = async () => {
    const { stdout } = await runCli(["conformance", ...target(), "--suite", "v1-rest", "--seed", "7", "--json"]);
    const { conformance } = JSON.parse(stdout) as ResultDocument;
    return conformance?.suites.flatMap(({ checks }) => checks.map(({ id, outcome }) => `${id} ${outcome}`));
  };
  const first = await verdicts();
  expect(first?.length).toBeGreaterThan(10);
  expect(await verdicts()).toEqual(first);
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";
import { type SmallServer, serveHttp } from "./servers.ts";

let reference: RunningReference;
let empty: SmallServer;
beforeAll(async () => {
  reference = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e8 });
  empty = await serveHttp((_, response) => response.writeHead(404).end());
});
afterAll(async () => {
  await reference.close();
  await empty.close();
});

const rest = () => ["--rest", reference.restUrl as string];

describe("what is wrong with a run shows before anything is sent", () => {
  test.each([
    ["an encoding that no protocol has", ["--encoding", "avro"], "v2-grpc has"],
    ["an encoding that the named protocol lacks", ["--protocol", "v1-rest", "--encoding", "raw"], "v1-rest"],
    ["an engine that does not speak the named protocol", ["--protocol", "v2-rest", "--engine", "grpc-js"], "undici"],
    ["a protocol without an address for it", ["--protocol", "v2-grpc"], "--grpc"],
    ["a protocol that does not exist", ["--protocol", "v2-rset"], 'did you mean "v2-rest"?'],
    ["a folder that cannot be written", ["--out", "/dev/null/report"], "--out"],
  ])("%s", async (_, args, said) => {
    const before = empty.seen.length;
    const { code, stderr } = await runCli(["certify", "--rest", empty.url, "--model", "m", ...args]);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
    expect(empty.seen.length).toBe(before);
  });

  test("checks and suites that have nothing in common", async () => {
    const args = ["conformance", ...rest(), "--suite", "v1-rest", "--check", "v2-rest/infer-echoes-id"];
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain("no check is selected");
    expect(code).toBe(2);
  });
});

describe("a model that cannot be loaded", () => {
  test("ends certify with exit 2 before the checks run", async () => {
    const { code, stderr, stdout } = await runCli(["certify", ...rest(), "--model", "nosuch", "--no-fixtures"]);
    expect(stderr).toContain("nosuch");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

describe("a target that offers nothing that can be loaded", () => {
  test("is certified by its checks alone, which fail it", async () => {
    const cwd = scratchFolder();
    const args = ["certify", "--rest", empty.url, "--model", "m", "--suite", "v1-rest", "--timeout", "2s"];
    const { code, stderr } = await runCli(args, { cwd });
    expect(stderr).toContain("load: left out");
    expect(code).toBe(1);
    const document = JSON.parse(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8")) as ResultDocument;
    expect(document.load).toBeUndefined();
  });

  test("cannot be loaded: exit 2", async () => {
    const { code, stderr } = await runCli(["load", "--rest", empty.url, "--model", "m"]);
    expect(stderr).toContain("offers no protocol");
    expect(code).toBe(2);
  });
});

describe("one infermark.yaml for all commands", () => {
  test("judges a run only by what belongs to the parts that ran", async () => {
    const cwd = scratchFolder();
    const lines = [
      `rest: ${reference.restUrl}`,
      "profile: kserve-v1",
      "threshold: error-rate<=1%",
      "baseline: known.yaml",
      "protocol: v1-rest",
      "duration: 1s",
      "warmup: 0s",
      "concurrency: 2",
    ];
    writeFileSync(join(cwd, "infermark.yaml"), `${lines.join("\n")}\n`);
    writeFileSync(join(cwd, "known.yaml"), "[]\n");
    const conformance = await runCli(["conformance"], { cwd });
    expect(conformance.code, conformance.stdout).toBe(0);
    const load = await runCli(["load", "--json"], { cwd });
    const { gate } = JSON.parse(load.stdout) as ResultDocument;
    expect(gate.reasons.map(({ text }) => text).join("\n")).not.toMatch(/profile|baseline/);
    expect(load.code, load.stdout).toBe(0);
  });
});

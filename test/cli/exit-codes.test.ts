import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { runCli, scratchFolder, startCli } from "./run-cli.ts";

const running: RunningReference[] = [];

async function reference(...faults: readonly string[]): Promise<{ rest: string; grpc: string }> {
  const started = await startReference({ restPort: 0, grpcPort: 0, faults, maxBodyBytes: 1e8 });
  running.push(started);
  return { rest: started.restUrl as string, grpc: started.grpcAddress as string };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

function documentIn(folder: string): ResultDocument {
  return JSON.parse(readFileSync(join(folder, "infermark-report", "result.json"), "utf8")) as ResultDocument;
}

const outcomes = (document: ResultDocument, outcome: string) =>
  (document.conformance?.suites ?? []).flatMap((suite) =>
    suite.checks.filter((check) => check.outcome === outcome).map((check) => check.id),
  );

describe("exit 0", () => {
  test("for a conformant target, with all reports written", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    const { code, stdout } = await runCli(["conformance", "--rest", rest], { cwd });
    expect(stdout).toContain("Conformant");
    expect(code).toBe(0);
    const document = documentIn(cwd);
    const earned = document.conformance?.profiles.filter(({ status }) => status === "earned").map(({ id }) => id);
    expect(earned).toEqual(expect.arrayContaining(["oip-rest", "kserve-v1"]));
    expect(earned).not.toContain("oip-grpc");
    for (const file of ["index.html", "junit.xml", "summary.md", "transcripts.ndjson.gz"]) {
      expect(readFileSync(join(cwd, "infermark-report", file)).length, file).toBeGreaterThan(0);
    }
  });

  test("for --help and --version", async () => {
    expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await runCli(["certify", "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("--wait-ready");
  });

  test("for a failure that the baseline names, and 1 with the line of one that it need not name", async () => {
    const { rest } = await reference("v2-rest:drops-id");
    const cwd = scratchFolder();
    const entry = (check: string) => `- check: ${check}\n  reason: known\n`;
    writeFileSync(join(cwd, "good.yaml"), entry("v2-rest/infer-echoes-id"));
    writeFileSync(join(cwd, "stale.yaml"), entry("v2-rest/infer-echoes-id") + entry("v2-rest/live-answers-200"));
    const checks = ["--check", "v2-rest/infer-echoes-id", "--check", "v2-rest/live-answers-200"];
    const args = ["conformance", "--rest", rest, ...checks, "--baseline"];
    expect((await runCli([...args, "good.yaml"], { cwd })).code).toBe(0);
    const stale = await runCli([...args, "stale.yaml"], { cwd });
    expect(stale.code).toBe(1);
    expect(stale.stdout).toContain("stale.yaml:3");
  });
});

describe("exit 1", () => {
  test("for one fault is one failed check, and its curl line is printed", async () => {
    const { rest } = await reference("v2-rest:drops-id");
    const cwd = scratchFolder();
    const { code, stdout } = await runCli(["conformance", "--rest", rest, "--suite", "v2-rest"], { cwd });
    expect(code).toBe(1);
    expect(outcomes(documentIn(cwd), "fail")).toEqual(["v2-rest/infer-echoes-id"]);
    expect(stdout).toContain("curl ");
  });

  test("for a target that is never ready is one failed check, not exit 3", async () => {
    const { rest } = await reference("v2-rest:never-ready");
    const cwd = scratchFolder();
    const { code } = await runCli(["conformance", "--rest", rest, "--suite", "v2-rest"], { cwd });
    expect(outcomes(documentIn(cwd), "fail")).toEqual(["v2-rest/ready-answers-200"]);
    expect(code).toBe(1);
  });

  test("for a target that dies in mid run", async () => {
    const { rest } = await reference("v2-rest:dies-on-ragged-data");
    const cwd = scratchFolder();
    const { code, stdout } = await runCli(
      ["conformance", "--rest", rest, "--check", "v2-rest/ragged-data-does-no-harm", "--recovery", "1s"],
      { cwd },
    );
    expect(code, stdout).toBe(1);
    expect(documentIn(cwd).partial).toBe(true);
  });

  test("for a missed threshold", async () => {
    const { rest } = await reference();
    const args = [
      "load",
      "--rest",
      rest,
      "--protocol",
      "v2-rest",
      "--duration",
      "1s",
      "--warmup",
      "0s",
      "--concurrency",
      "1",
    ];
    const { code, stdout } = await runCli([...args, "--threshold", "error-rate<0"]);
    expect(code, stdout).toBe(1);
  });
});

describe("exit 2", () => {
  test.each([
    [
      "an unknown suite, with the nearest one",
      ["conformance", "--rest", "http://127.0.0.1:1", "--suite", "v2-rset"],
      'did you mean "v2-rest"',
    ],
    [
      "an unknown check, with the nearest one",
      ["conformance", "--rest", "http://127.0.0.1:1", "--check", "v2-rest/infer-echo-id"],
      'did you mean "v2-rest/infer-echoes-id"',
    ],
    ["an unknown flag, with the nearest one", ["conformance", "--rst", "http://127.0.0.1:1"], "--rest"],
    ["an unknown command, with the nearest one", ["conformanc"], "conformance"],
    ["no target", ["conformance"], "--rest"],
    ["a bad duration", ["conformance", "--rest", "http://127.0.0.1:1", "--timeout", "10"], "500ms"],
    ["a bad threshold", ["load", "--rest", "http://127.0.0.1:1", "--threshold", "p99"], "threshold"],
    ["an unreadable config", ["conformance", "--config", "nowhere.yaml"], "nowhere.yaml"],
    ["load to a remote address", ["load", "--rest", "http://192.0.2.1:8080"], "--allow-remote"],
    ["an unknown id to explain", ["explain", "V2REST-INFER-99"], "V2REST-INFER-"],
    [
      "a token variable that is not set",
      ["conformance", "--rest", "http://127.0.0.1:1", "--token-env", "INFERMARK_NO_SUCH"],
      "INFERMARK_NO_SUCH",
    ],
  ])("for %s", async (_, args, said) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(2);
  });

  test("for an infermark.yaml with an unknown key, naming line and nearest key", async () => {
    const cwd = scratchFolder();
    writeFileSync(join(cwd, "infermark.yaml"), "rest: http://127.0.0.1:1\nwaitRedy: 3s\n");
    const { code, stderr } = await runCli(["conformance"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('infermark.yaml:2: unknown key "waitRedy"; did you mean "waitReady"?');
  });

  test("for an infermark.yaml that is not YAML", async () => {
    const cwd = scratchFolder();
    writeFileSync(join(cwd, "infermark.yaml"), "rest: [\n");
    expect((await runCli(["conformance"], { cwd })).code).toBe(2);
  });
});

describe("exit 3", () => {
  test("for a port that nothing listens on", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await runCli(["conformance", "--rest", `http://127.0.0.1:${port}`, "--model", "m"]);
    expect(stderr).toContain("infermark: ");
    expect(code).toBe(3);
  });

  test("for a target that --wait-ready waits for in vain", async () => {
    const { rest } = await reference("v2-rest:never-ready");
    expect((await runCli(["conformance", "--rest", rest, "--suite", "v2-rest", "--wait-ready", "1s"])).code).toBe(3);
  });
});

describe("exit 4", () => {
  test("when every check was skipped", async () => {
    const { rest } = await reference();
    const args = [
      "conformance",
      "--rest",
      rest,
      "--model",
      "identity_fp32",
      "--no-fixtures",
      "--check",
      "v2-rest/large-integers-round-trip",
    ];
    expect((await runCli(args)).code).toBe(4);
  });
});

describe("exit 130", () => {
  test("on SIGINT, with what was done written and marked as partial", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    const started = startCli(["load", "--rest", rest, "--protocol", "v2-rest", "--duration", "60s", "--warmup", "0s"], {
      cwd,
    });
    await started.says("load: v2-rest");
    started.child.kill("SIGINT");
    const { code } = await started.finished;
    expect(code).toBe(130);
    expect(documentIn(cwd).partial).toBe(true);
    expect(documentIn(cwd).gate.exitCode).toBe(130);
  });
});

describe("the output", () => {
  test("of --json is the document and nothing else", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    const { stdout } = await runCli(["conformance", "--rest", rest, "--suite", "v1-rest", "--json"], { cwd });
    expect(stdout).toBe(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8"));
  });

  test("of report extract is the document, byte for byte", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    await runCli(["conformance", "--rest", rest, "--suite", "v1-rest"], { cwd });
    const { stdout } = await runCli(["report", "extract", "infermark-report/index.html"], { cwd });
    expect(stdout).toBe(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8"));
  });

  test("of report render from the document is the page that the run wrote", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    await runCli(["conformance", "--rest", rest, "--suite", "v1-rest"], { cwd });
    await runCli(["report", "render", "infermark-report/result.json", "--out", "again"], { cwd });
    expect(readFileSync(join(cwd, "again", "index.html"), "utf8")).toBe(
      readFileSync(join(cwd, "infermark-report", "index.html"), "utf8"),
    );
  });

  test("of a dry run names the target in commands, and the target sees nothing", async () => {
    let seen = 0;
    const server = createServer((_, response) => {
      seen += 1;
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await runCli([
      "conformance",
      "--rest",
      `http://127.0.0.1:${port}`,
      "--dry-run",
      "--model",
      "mine",
      "--suite",
      "v2-rest",
    ]);
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(0);
    expect(seen).toBe(0);
    expect(stdout).toContain(`http://127.0.0.1:${port}/v2/models/mine/infer`);
  });

  test("of explain shows clause, source and fault", async () => {
    const { stdout } = await runCli(["explain", "v2-rest/infer-echoes-id"]);
    expect(stdout).toContain("V2REST-INFER-14");
    expect(stdout).toContain("v2-rest:drops-id");
    expect(stdout).toContain("inference_rest.md");
  });

  test("never holds a token", async () => {
    const { rest } = await reference();
    const cwd = scratchFolder();
    const token = "s3cret-t0ken-value";
    await runCli(["conformance", "--rest", rest, "--suite", "v1-rest", "--token-env", "MY_TOKEN"], {
      cwd,
      env: { MY_TOKEN: token },
    });
    const { gunzipSync } = await import("node:zlib");
    const folder = join(cwd, "infermark-report");
    const texts = ["result.json", "index.html", "junit.xml", "summary.md"].map((file) =>
      readFileSync(join(folder, file), "utf8"),
    );
    texts.push(gunzipSync(readFileSync(join(folder, "transcripts.ndjson.gz"))).toString("utf8"));
    expect(texts.filter((text) => text.includes(token))).toEqual([]);
  });
});

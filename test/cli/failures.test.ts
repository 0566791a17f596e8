import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { cliCommand, runCli, scratchFolder } from "./run-cli.ts";

const FAULTS = ["v2-rest:drops-id", "v2-rest:forgets-metadata", "v2-grpc:shares-the-id"];
const CHECKS = [
  "v2-rest/infer-echoes-id",
  "v2-rest/reads-can-be-repeated",
  "v2-grpc/concurrent-inferences-do-not-mix",
  "v2-rest/live-answers-200",
];
let running: RunningReference;
let cwd: string;
let target: readonly string[];

beforeAll(async () => {
  running = await startReference({ restPort: 0, grpcPort: 0, faults: FAULTS, maxBodyBytes: 1e8 });
  cwd = scratchFolder();
  target = ["--rest", running.restUrl as string, "--grpc", running.grpcAddress as string];
  const checks = CHECKS.flatMap((check) => ["--check", check]);
  await runCli(["conformance", ...target, ...checks, "--rerun-failures", "2"], { cwd });
});

afterAll(() => running.close());

const documentIn = (folder: string) =>
  JSON.parse(readFileSync(join(cwd, folder, "result.json"), "utf8")) as ResultDocument;
const checksIn = (folder: string) => documentIn(folder).conformance?.suites.flatMap(({ checks }) => checks) ?? [];

describe("infermark baseline", () => {
  test("write makes the list under which the same run passes, and check says so", async () => {
    const args = ["infermark-report/result.json", "--out", "known.yaml"];
    const { code, stderr } = await runCli(["baseline", "write", ...args], { cwd });
    expect(stderr).toContain("3 added, 0 kept, 0 removed");
    expect(code).toBe(0);
    const check = await runCli(["baseline", "check", "infermark-report/result.json", "--baseline", "known.yaml"], {
      cwd,
    });
    expect(check.stdout).toMatch(/^known +v2-rest\/infer-echoes-id \(known\.yaml:\d+\)/m);
    expect(check.code, check.stdout).toBe(0);
  });

  test("check finds stale entries, those not exercised and failures that are not named", async () => {
    const entry = (check: string) => `- check: ${check}\n  reason: r\n`;
    const listed = ["v2-rest/live-answers-200", "v2-rest/infer-succeeds-with-200", "v2-rest/infer-echoes-id"];
    writeFileSync(join(cwd, "stale.yaml"), listed.map(entry).join(""));
    const { code, stdout } = await runCli(
      ["baseline", "check", "infermark-report/result.json", "--baseline", "stale.yaml"],
      {
        cwd,
      },
    );
    expect(stdout).toMatch(/^stale +v2-rest\/live-answers-200 \(stale\.yaml:1\): the check now passes$/m);
    expect(stdout).toMatch(
      /^not exercised +v2-rest\/infer-succeeds-with-200 \(stale\.yaml:3\): the check was not selected$/m,
    );
    expect(stdout).toMatch(/^new +v2-rest\/reads-can-be-repeated: it is not in stale\.yaml$/m);
    expect(stdout.trimEnd()).toMatch(/exit 1$/);
    expect(code).toBe(1);
  });

  test("write keeps what the list says, and prints where no file is named", async () => {
    writeFileSync(join(cwd, "own.yaml"), "# ours\n\n- check: v2-rest/infer-echoes-id\n  reason: kept\n  owner: me\n");
    const args = ["infermark-report/result.json", "--baseline", "own.yaml"];
    const { stdout } = await runCli(["baseline", "write", ...args], { cwd });
    expect(stdout).toMatch(/^# ours\n\n- check: v2-rest\/infer-echoes-id\n {2}reason: kept\n {2}owner: me\n- check: /);
  });
});

describe("infermark compare", () => {
  test("ends with 0 when nothing got worse, with 1 when something did, with 2 when there is nothing to compare", async () => {
    const same = await runCli(["compare", "infermark-report/result.json", "infermark-report/result.json"], { cwd });
    expect([same.code, same.stdout]).toEqual([0, "Nothing got worse\n"]);
    const better = structuredClone(documentIn("infermark-report"));
    for (const suite of better.conformance?.suites ?? []) for (const check of suite.checks) check.outcome = "pass";
    writeFileSync(join(cwd, "better.json"), JSON.stringify(better));
    const args = ["compare", "better.json", "infermark-report/result.json", "--format", "json"];
    const worse = await runCli(args, { cwd });
    expect(worse.code).toBe(1);
    expect(JSON.parse(worse.stdout).worse).toHaveLength(3);
    const nothing = await runCli(["compare", "better.json", "nowhere.json"], { cwd });
    expect(nothing.code).toBe(2);
  });
});

describe("--rerun-failures", () => {
  test("tells how often each failure came again, in every report, and can be replayed offline", async () => {
    const reruns = checksIn("infermark-report").map(({ id, reruns: again }) => [id, again?.length]);
    expect(new Map(reruns as [string, number][])).toEqual(
      new Map<string, number | undefined>([
        ...CHECKS.map((id) => [id, 2] as const),
        ["v2-rest/live-answers-200", undefined],
      ]),
    );
    for (const report of ["summary.md", "index.html", "junit.xml"])
      expect(readFileSync(join(cwd, "infermark-report", report), "utf8"), report).toContain(
        "fails again on 2/2 fresh connections",
      );
    const { code, stdout } = await runCli(["replay", "infermark-report/result.json", "--offline"], { cwd });
    expect(code, stdout).toBe(0);
  });
});

describe("the replay line", () => {
  test.each(["v2-rest/reads-can-be-repeated", "v2-grpc/concurrent-inferences-do-not-mix"])(
    "of %s is what the report says, and shows the same failure again",
    async (id) => {
      const line = checksIn("infermark-report").find((check) => check.id === id)?.repro?.replay;
      expect(line).toBe(`infermark replay result.json ${id}`);
      const script = `infermark() { ${cliCommand} "$@"; }; cd infermark-report && ${line}`;
      const failed = await promisify(execFile)("bash", ["-c", script], { cwd }).catch((thrown: unknown) => thrown);
      expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining(`1 check failed: ${id}`) });
    },
  );
});

describe("a profile", () => {
  // Three runs of a process each.
  test("is earned in its core on any model, which --profile ID:core asks for", { timeout: 180_000 }, async () => {
    const good = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e8 });
    try {
      const own = ["conformance", "--rest", good.restUrl as string, "--no-fixtures", "--model", "iris"];
      const core = await runCli([...own, "--profile", "kserve-v1:core", "--out", "core"], { cwd });
      expect(core.code, core.stdout).toBe(0);
      expect(core.stdout).toMatch(/^kserve-v1 +earned +not judged/m);
      const whole = await runCli([...own, "--profile", "kserve-v1", "--out", "whole"], { cwd });
      expect(whole.stdout).toMatch(/^kserve-v1 +earned +partial +without .*the fixture model/m);
      expect(whole.stdout).toContain("profile kserve-v1 is partial");
      expect(whole.code).toBe(4);
      const offline = await runCli(["replay", "core/result.json", "--offline"], { cwd });
      expect(offline.code, offline.stdout).toBe(0);
    } finally {
      await good.close();
    }
  });
});

describe("--only-keyword", () => {
  test("lets clauses without a keyword count for nothing, and shows them as not graded", async () => {
    const checks = ["--check", "v2-rest/reads-can-be-repeated", "--check", "v2-rest/unknown-model-does-not-infer"];
    const args = ["conformance", ...target, ...checks, "--only-keyword", "--out", "keyword"];
    const { code, stdout } = await runCli(args, { cwd });
    const [ungraded] = checksIn("keyword").filter(({ outcome }) => outcome === "fail");
    expect(ungraded).toMatchObject({ id: "v2-rest/reads-can-be-repeated", ungraded: true });
    expect(stdout).toMatch(/^v2-rest +1 pass, 1 not graded$/m);
    expect(stdout).toContain("Conformant in what keywords demand");
    expect(code, stdout).toBe(0);
    expect(readFileSync(join(cwd, "keyword", "junit.xml"), "utf8")).toContain("not graded: fail");
    expect(readFileSync(join(cwd, "keyword", "summary.md"), "utf8")).toContain("| not graded |");
  });

  test("is refused together with a profile: a part of the clauses earns none", async () => {
    const { code, stderr } = await runCli(["conformance", ...target, "--only-keyword", "--profile", "oip-rest"], {
      cwd,
    });
    expect(stderr).toContain("--only-keyword and --profile");
    expect(code).toBe(2);
  });
});

test("explain tells how published runtimes behave, with the reason of a known failure", async () => {
  const { stdout } = await runCli(["explain", "v2-rest/infer-echoes-id"]);
  expect(stdout).toMatch(/^ {2}mlserver 1\.7\.1: fails \(known: V2REST-INFER-14 /m);
  expect(stdout).toMatch(/^ {2}kserve 0\.21\.0: passes$/m);
});

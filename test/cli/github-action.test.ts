import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import { scratchFolder } from "./run-cli.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Step {
  readonly id?: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

let reference: RunningReference;
beforeAll(async () => {
  reference = await startReference({
    restPort: 0,
    grpcPort: 0,
    faults: ["v1-rest:ready-as-string"],
    maxBodyBytes: 1e8,
  });
});
afterAll(() => reference.close());

const JOB = { GITHUB_SERVER_URL: "https://ci.example.com", GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "7" };

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Runs the step as a runner does: inputs become environment variables, the script runs in bash with -e. */
async function runStep(
  inputs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string | number | null>>> {
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as Action;
  const step = action.runs.steps.find(({ id }) => id === "run") as Step;
  const given = (expression: string) =>
    expression.replace(
      /\$\{\{ inputs\.(\w+) \}\}/,
      (_, name: string) => inputs[name] ?? action.inputs[name]?.default ?? "",
    );
  const cwd = scratchFolder();
  const files = { GITHUB_OUTPUT: join(cwd, "output"), GITHUB_STEP_SUMMARY: join(cwd, "summary") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  const env = Object.fromEntries(Object.entries(step.env).map(([name, expression]) => [name, given(expression)]));
  const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
    cwd,
    env: { ...process.env, ...env, ...files, ...JOB, GITHUB_ACTION_PATH: ROOT },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    code,
    stdout,
    comment: textOf(join(cwd, "infermark-report/comment.md")),
    badge: textOf(join(cwd, "infermark-report/badge.json")),
    output: readFileSync(files.GITHUB_OUTPUT, "utf8"),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
  };
}

test("the action runs with its inputs, hands on the exit code, and shows the result in every place", async () => {
  const suite = "--suite\nv1-rest\n";
  const { code, output, summary, stdout, comment, badge } = await runStep({
    rest: reference.restUrl as string,
    args: suite,
    // Something that nothing can be compared with.
    against: join(ROOT, "package.json"),
  });
  expect(String(output).split("\n")).toEqual([
    "exit-code=1",
    "report=infermark-report/index.html",
    "document=infermark-report/result.json",
    "junit=infermark-report/junit.xml",
    "comment=infermark-report/comment.md",
    "badge=infermark-report/badge.json",
    "",
  ]);
  expect(summary).toContain("v1-rest/model-readiness-is-a-boolean");
  expect(stdout).toMatch(/^::error title=v1-rest\/model-readiness-is-a-boolean::/m);
  expect(comment).toContain("[Report](https://ci.example.com/a/b/actions/runs/7)");
  expect(JSON.parse(String(badge))).toMatchObject({ schemaVersion: 1, message: "not conformant" });
  expect(code).toBe(1);
});

test("every output of the action is one that its step gives, and every input is used", async () => {
  const text = readFileSync(join(ROOT, "action.yml"), "utf8");
  const { inputs, outputs, runs } = parse(text) as Action & {
    readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  };
  const step = runs.steps.find(({ id }) => id === "run") as Step;
  for (const [name, { value }] of Object.entries(outputs)) {
    expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
    expect(step.run).toContain(`echo "${name}=`);
  }
  expect(Object.values(step.env).sort()).toEqual(
    Object.keys(inputs)
      .map((name) => `\${{ inputs.${name} }}`)
      .sort(),
  );
});

test("an input is never read as shell code", async () => {
  const { code, output, summary } = await runStep({ rest: 'http://127.0.0.1:1/$(touch pwned)"; exit 0 #' });
  expect(code).not.toBe(0);
  expect(output).toContain(`exit-code=${code}`);
  expect(summary).toBe("");
});

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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
    env: { ...process.env, ...env, ...files, GITHUB_ACTION_PATH: ROOT },
    stdio: "ignore",
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    code,
    output: readFileSync(files.GITHUB_OUTPUT, "utf8"),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
  };
}

test("the action runs with its inputs, hands on the exit code, and shows the summary", async () => {
  const { code, output, summary } = await runStep({ rest: reference.restUrl as string, args: "--suite\nv1-rest\n" });
  expect(output).toBe("exit-code=1\nreport=infermark-report/index.html\n");
  expect(summary).toContain("v1-rest/model-readiness-is-a-boolean");
  expect(code).toBe(1);
});

test("an input is never read as shell code", async () => {
  const { code, output, summary } = await runStep({ rest: 'http://127.0.0.1:1/$(touch pwned)"; exit 0 #' });
  expect(code).not.toBe(0);
  expect(output).toContain(`exit-code=${code}`);
  expect(summary).toBe("");
});

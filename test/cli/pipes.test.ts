import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { runCli, startCli } from "./run-cli.ts";

test("a reader that has seen enough ends a list without a word", async () => {
  const { child, finished } = startCli(["list", "checks"]);
  child.stdout?.destroy();
  const { code, stderr } = await finished;
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test.each([
  ["suites", "v2-rest"],
  ["profiles", "oip-rest"],
  ["checks", "v2-rest/infer-echoes-id"],
  ["clauses", "V2REST-INFER-14"],
  ["faults", "v2-rest:drops-id"],
  ["models", "identity_fp32"],
])("list %s names %s", async (what, id) => {
  const { code, stdout } = await runCli(["list", what]);
  expect(stdout).toContain(id);
  expect(code).toBe(0);
});

test("the launcher of a checkout gives the exit code and the output of the command", async () => {
  const launcher = new URL("../../bin/infermark.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [launcher, "explain", "v2-rest/infer-echoes-i"], { stdio: "pipe" });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(stderr).toContain('did you mean "v2-rest/infer-echoes-id"?');
  expect(code).toBe(2);
});

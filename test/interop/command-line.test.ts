import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const interop = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["--conditions=source", "--import", tsx, join(root, "interop/main.ts"), ...args], {
    encoding: "utf8",
  });

test("--help names the runtimes with their versions, and the clients", () => {
  const { status, stdout } = interop("--help");
  expect(stdout).toMatch(/kserve \(\S+\), mlserver \(\S+\), triton \(\S+\)/);
  expect(stdout).toContain("interop -- clients");
  expect(status).toBe(0);
});

test.each([
  ["no runtime", [], "name a runtime"],
  ["an unknown runtime", ["tritn"], 'did you mean "triton"?'],
  ["options of certify in front of --", ["triton", "extra"], "extra: options of certify go after --"],
  ["publishing what is not certified", ["triton", "--publish", "--serve-only"], "exclude each other"],
  ["options of certify for the clients", ["clients", "--", "--quiet"], "clients take --out alone"],
])("%s is a wrong command line", (_, args, said) => {
  const { status, stderr } = interop(...args);
  expect(stderr).toContain(said);
  expect(status).toBe(2);
});

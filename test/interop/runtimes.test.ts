import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { certifyArguments, targetFile } from "../../interop/certify.ts";
import { kserve } from "../../interop/kserve/runtime.ts";
import { mlserver } from "../../interop/mlserver/runtime.ts";
import { pythonEnvironment } from "../../interop/python.ts";
import { triton } from "../../interop/triton/runtime.ts";

const read = (path: string) => readFileSync(path, "utf8");

const RUNTIMES = [kserve, mlserver, triton];

test.each(RUNTIMES)("the committed target of $id names the version that is started, and fits the schema", (runtime) => {
  const target: unknown = parse(read(targetFile(runtime)));
  expect(target).toMatchObject({ subject: { runtime: runtime.id, version: runtime.version } });
  const schema = JSON.parse(read("reports/schema/infermark.config.schema.json")) as object;
  const validate = new Ajv({ strict: false }).compile(schema);
  expect(validate(target), JSON.stringify(validate.errors)).toBe(true);
});

const pinsOf = (folder: string) => read(`interop/${folder}/requirements.txt`).trim().split("\n");

test.each([...RUNTIMES.map(({ id }) => id), "clients"])("every package that %s requires is pinned", (folder) => {
  expect(pinsOf(folder).filter((line) => !/^[\w.-]+==\S+$/.test(line))).toEqual([]);
});

test.each([kserve, mlserver])("$id is pinned to its version", ({ id, version }) => {
  expect(pinsOf(id)).toContain(`${id}==${version}`);
});

test("certify is called with the target, the addresses and the process, options of the user last", () => {
  const started = { process: { pid: 42 }, ports: { rest: 1, grpc: 2 } };
  const argv = certifyArguments(mlserver, started, "out", ["--baseline", "known.yaml"]);
  expect(argv.slice(0, 2)).toEqual(["certify", "--config"]);
  expect(argv.slice(3)).toEqual(
    ["--rest", "http://127.0.0.1:1", "--grpc", "127.0.0.1:2", "--server-pid", "42", "--out", "out"].concat([
      "--baseline",
      "known.yaml",
    ]),
  );
});

test("a protocol that a runtime does not speak has no address", () => {
  const argv = certifyArguments(mlserver, { process: { pid: 42 }, ports: { grpc: 2 } }, "out", []);
  expect(argv).not.toContain("--rest");
  expect(argv).toContain("--grpc");
});

test("a finished environment with the same pins is used as it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "infermark-python-"));
  const pins = join(folder, "requirements.txt");
  writeFileSync(pins, "numpy==2.4.6\n");
  writeFileSync(join(folder, "requirements.sha256"), createHash("sha256").update("numpy==2.4.6\n").digest("hex"));
  expect(pythonEnvironment(folder, pins)).toBe(join(folder, "bin"));
  expect(existsSync(pins)).toBe(true);
  rmSync(folder, { recursive: true });
});

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RUNTIME_SOURCES } from "../../src/cli/fixtures/runtime-sources.ts";
import { FIXTURES } from "../../src/target/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

const filesUnder = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const sourcesOf = (runtime: string) => {
  const sources = RUNTIME_SOURCES.find((each) => each.runtime === runtime);
  if (!sources) throw new Error(`no sources for ${runtime}`);
  return sources;
};

const served = (runtime: string) =>
  [...FIXTURES.values()].filter(({ name }) => !sourcesOf(runtime).leavesOut.includes(name));

describe("fixtures export", () => {
  test.each(RUNTIME_SOURCES.map(({ runtime }) => runtime))("writes every file for %s", async (runtime) => {
    const folder = join(scratchFolder(), "new", runtime);
    const { code, stdout, stderr } = await runCli(["fixtures", "export", runtime, "--out", folder]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const files = sourcesOf(runtime).files();
    expect(filesUnder(folder).length).toBe(files.size);
    for (const [path, text] of files) expect(readFileSync(join(folder, path), "utf8")).toBe(text);
    expect(stdout).toContain(`${files.size} files in ${folder}`);
  });

  test("refuses a folder that holds something, and writes over it with --force", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "server.py"), "mine");
    writeFileSync(join(folder, "notes.txt"), "mine");
    const refused = await runCli(["fixtures", "export", "kserve", "--out", folder]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("is not empty");
    expect(readFileSync(join(folder, "server.py"), "utf8")).toBe("mine");
    const forced = await runCli(["fixtures", "export", "kserve", "--out", folder, "--force"]);
    expect(forced.code).toBe(0);
    expect(readFileSync(join(folder, "server.py"), "utf8")).toContain("ModelServer");
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  test("takes an empty folder", async () => {
    const folder = join(scratchFolder(), "empty");
    mkdirSync(folder);
    expect((await runCli(["fixtures", "export", "kserve", "--out", folder])).code).toBe(0);
  });

  test.each([
    ["a runtime that none are shipped for", ["tritn", "--out", "x"], 'did you mean "triton"?'],
    ["a file in place of the folder", ["triton", "--out", "taken"], "taken is no folder"],
    ["a folder that cannot be made", ["triton", "--out", "taken/below"], "taken/below cannot be written"],
    ["no folder", ["triton"], "--out"],
  ])("refuses %s with exit 2", async (_, args, said) => {
    const cwd = scratchFolder();
    writeFileSync(join(cwd, "taken"), "");
    const { code, stderr } = await runCli(["fixtures", "export", ...args], { cwd });
    expect(stderr).toContain(said);
    expect(code).toBe(2);
    rmSync(cwd, { recursive: true });
  });
});

describe.each(RUNTIME_SOURCES.map(({ runtime }) => runtime))("the README for %s", (runtime) => {
  const readme = sourcesOf(runtime).files().get("README.md") ?? "";

  test("names what is left out, and nothing else is", () => {
    const [, leftOut = ""] = readme.split("Left out:");
    const named = [...leftOut.matchAll(/`([a-z0-9_]+)`/g)].map(([, name]) => name);
    expect(named).toEqual(sourcesOf(runtime).leavesOut);
    expect(named.filter((name) => !FIXTURES.has(name ?? ""))).toEqual([]);
  });

  test("says how to start them and how to certify them", () => {
    expect(readme).toMatch(/^ {4}(tritonserver|mlserver|MLSERVER_\w+=|python) ?/m);
    expect(readme).toContain("npx infermark certify --rest");
  });
});

describe("the fixture models", () => {
  test("of Triton declare their tensors, and have a model.py for each version", () => {
    const files = sourcesOf("triton").files();
    for (const { name, inputs, outputs, versions } of served("triton")) {
      const config = files.get(`models/${name}/config.pbtxt`) ?? "";
      const declared = [
        ...config.matchAll(/^(input|output) \{ name: "(.+)" data_type: TYPE_(\w+) dims: \[ (.*) \] \}$/gm),
      ];
      const specs = [
        ...inputs.map((spec) => ({ kind: "input", ...spec })),
        ...outputs.map((spec) => ({ kind: "output", ...spec })),
      ];
      expect(declared.map(([, ...parts]) => parts.join(" "))).toEqual(
        specs.map(({ kind, name: tensor, datatype, shape }) =>
          [kind, tensor, datatype === "BYTES" ? "STRING" : datatype, shape.join(", ")].join(" "),
        ),
      );
      for (const version of versions.length > 0 ? versions : ["1"])
        expect(files.get(`models/${name}/${version}/model.py`)).toContain("class TritonPythonModel");
    }
  });

  test("of MLServer have settings with their tensors, and a class that the runtime has", () => {
    const files = sourcesOf("mlserver").files();
    const settings = [...files]
      .filter(([path]) => path.endsWith("model-settings.json"))
      .map(([, text]) => JSON.parse(text));
    expect(new Set(settings.map(({ name }) => name))).toEqual(new Set(served("mlserver").map(({ name }) => name)));
    for (const { name, inputs, outputs, implementation } of settings) {
      expect({ inputs, outputs }).toEqual({ inputs: FIXTURES.get(name)?.inputs, outputs: FIXTURES.get(name)?.outputs });
      const [, behaviour] = implementation.split(".");
      expect(files.get("infermark_fixtures.py")).toContain(`class ${behaviour}(Fixture):`);
    }
    const versions = settings.filter(({ name }) => name === "twoversions").map(({ parameters }) => parameters.version);
    expect(versions).toEqual(["1", "3"]);
  });

  test("of KServe are all in server.py", () => {
    const server = sourcesOf("kserve").files().get("server.py") ?? "";
    const datatypes = [...(/^DATATYPES = \[(.*)\]$/m.exec(server)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
      ([, name]) => name,
    );
    const identities = datatypes.map((datatype) => `identity_${datatype?.toLowerCase()}`);
    const absent = served("kserve").filter(({ name }) => !identities.includes(name) && !server.includes(`"${name}"`));
    expect(absent.map(({ name }) => name)).toEqual([]);
  });
});

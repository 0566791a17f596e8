import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each folder may import; `types:` rows may be imported with `import type` only. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/base": [],
  "src/statistics": ["src/base"],
  "src/transport": ["src/base"],
  "src/target": ["src/base", "src/transport"],
  "src/conformance": ["src/base", "src/transport", "src/target"],
  "src/load": ["src/base", "src/statistics", "src/target", "src/telemetry"],
  "src/telemetry": ["src/base"],
  "src/reference": ["src/base", "types:src/transport"],
  "src/result": [
    "src/base",
    "src/statistics",
    "types:src/conformance",
    "types:src/load",
    "types:src/telemetry",
    "types:src/transport",
    "types:src/target",
  ],
  "src/report": ["src/result", "src/statistics", "src/base"],
  "src/vitest": ["#kit", "src/conformance", "src/transport", "src/target"],
  "src/cli": ["src", "suites", "#kit"],
  "src/index.ts": ["src", "suites", "#kit"],
  suites: ["#kit", "types:src/reference", "types:src/load"],
};

/** Loaded when the fuzz phase runs, and only then. */
const FUZZED = ["v1-rest", "v2-binary", "v2-rest", "v2-grpc"].flatMap((suite) =>
  ["fuzz", "fuzz-messages", "fuzz-wire"].map((file) => `suites/${suite}/${file}.ts`),
);

/** Packages that only these places may import. */
const CONFINED: Readonly<Record<string, readonly string[]>> = {
  undici: ["src/transport", "src/load/engines"],
  "@grpc/grpc-js": ["src/transport/standard-grpc-client.ts", "src/load/engines"],
  autocannon: ["src/load/engines"],
  vitest: ["src/vitest"],
  "hdr-histogram-js": ["src/statistics/histogram.ts"],
  ajv: ["src/conformance/schema.ts", "src/result", "src/cli"],
  "fast-check": ["src/conformance/fuzz", ...FUZZED],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly lazy?: true;
}

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path).split(sep).join("/"));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found: Import[] = [];
  const statement = /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
  for (const [, type, specifier] of text.matchAll(statement))
    found.push({ file, specifier: specifier as string, typeOnly: type !== undefined });
  for (const [, specifier] of text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g))
    found.push({ file, specifier: specifier as string, typeOnly: false, lazy: true });
  return found;
}

const files = [...sourcesUnder("src"), ...sourcesUnder("suites")];
const imports = files.flatMap(importsOf);

function folderOf(path: string): string {
  return path.startsWith("src/") ? path.split("/").slice(0, 2).join("/") : "suites";
}

function resolved({ file, specifier }: Import): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(root, normalize(join(root, dirname(file), specifier)))
    .split(sep)
    .join("/");
}

/** The part that makes changed requests is a door of its own, behind which fast-check is. */
function isKit(target: string): boolean {
  return target === "#kit" || target === "#kit/fuzz";
}

function permitted(each: Import): boolean {
  const target = resolved(each);
  const internal = isKit(target) || target.startsWith("src/") || target.startsWith("suites/");
  if (!internal) return true;
  const from = folderOf(each.file);
  const to = isKit(target) ? "#kit" : folderOf(target);
  if (from === to) return from !== "suites" || sameSuiteOrShared(each.file, target);
  return (ALLOWED[from] ?? []).some((entry) => {
    const allowed = entry.replace("types:", "");
    return (
      (to === allowed || (allowed === "src" && to.startsWith("src/"))) && (each.typeOnly || !entry.startsWith("types:"))
    );
  });
}

/** A suite's folder imports nothing of another suite; the files directly under suites/ tie them together. */
function sameSuiteOrShared(file: string, target: string): boolean {
  const [, from, ...fromRest] = file.split("/");
  const [, to] = target.split("/");
  return fromRest.length === 0 || from === to || to === "entry.ts";
}

describe("the import table", () => {
  test("covers source files at all", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  test("has a row for every folder of src", () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in ALLOWED))).toEqual([]);
  });

  test("is kept by every import", () => {
    expect(imports.filter((each) => !permitted(each)).map((each) => `${each.file} imports ${each.specifier}`)).toEqual(
      [],
    );
  });

  test.each(Object.entries(CONFINED))("%s is imported only where it belongs", (name, places) => {
    const strays = imports
      .filter(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`))
      .filter(
        ({ file, typeOnly }) => !typeOnly && !places.some((place) => file === place || file.startsWith(`${place}/`)),
      );
    expect(strays.map((each) => each.file)).toEqual([]);
  });

  test("what loads fast-check is itself loaded only when the fuzz phase runs", () => {
    const loads = ({ file, specifier, typeOnly }: Import) =>
      !typeOnly &&
      !FUZZED.includes(file) &&
      !file.startsWith("src/conformance/fuzz/") &&
      (specifier === "#kit/fuzz" || /\/fuzz(?:\/(?!kinds)[\w-]+)?\.ts$|^fast-check$/.test(specifier));
    const statically = imports.filter((each) => !each.lazy && loads(each));
    expect(statically.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test("process and console appear only in the command line, report entry points, collectors and the entry of worker processes", () => {
    const allowed = /^src\/(?:(?:cli|telemetry|report)\/|load\/workers\/worker-process\.ts$)/;
    const strays = files.filter(
      (file) => !allowed.test(file) && /(?<![-."'\w/])(process|console)\.\w/.test(withoutComments(file)),
    );
    expect(strays).toEqual([]);
  });

  test("no file or folder is named for nothing in particular", () => {
    expect(files.filter((file) => /\b(utils?|common|core|helpers?|manager|factory)\b/.test(file))).toEqual([]);
  });
});

function withoutComments(file: string): string {
  return readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

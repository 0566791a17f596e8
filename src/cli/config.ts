import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLParseError } from "yaml";
import { assetJson } from "../base/assets.ts";
import { InfermarkError, messageOf } from "../base/errors.ts";

export const DEFAULT_CONFIG_FILE = "infermark.yaml";

/** The options in a config file; empty when none is named and there is no infermark.yaml. Throws USAGE with file and line. */
export function readConfig(named: string | undefined): Readonly<Record<string, unknown>> {
  const file = named ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
  if (file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new InfermarkError("USAGE", `${file} cannot be read: ${messageOf(cause)}`, {
      hint: "name a readable file with --config",
      cause,
    });
  }
  const config = parseConfig(text, file);
  const suites = config["suites"] as readonly string[] | undefined;
  return { ...config, ...(suites && { suites: suites.map((module) => resolve(dirname(file), module)) }) };
}

/** Reads the text of an infermark.yaml. Throws USAGE that names the line of what is wrong. */
export function parseConfig(text: string, file = DEFAULT_CONFIG_FILE): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw wrong(file, lines.linePos(error.pos[0]).line, yamlProblem(error));
  if (document.contents === null) return {};
  const value: unknown = document.toJS();
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(
    assetJson("#reports/schema/infermark.config.schema.json") as object,
  );
  if (!validate(value)) {
    const [first] = telling(validate.errors ?? []);
    if (first) throw wrong(file, lineOf(document.contents, first, lines), problemOf(first));
  }
  return value as Readonly<Record<string, unknown>>;
}

/** For "a text or a list of texts" ajv gives one error for each alternative; the one about a member tells most. */
function telling([first, ...others]: readonly ErrorObject[]): readonly ErrorObject[] {
  const choice = others.find(
    ({ keyword, instancePath }) => keyword === "anyOf" && instancePath === first?.instancePath,
  );
  if (!first || !choice) return first ? [first] : [];
  // A number that is refused as such was meant to be one.
  if (typeof first.data === "number" && first.schemaPath.includes("/anyOf/0/") && first.params["type"] !== "string")
    return [first];
  return [others.find(({ instancePath }) => instancePath.startsWith(`${first.instancePath}/`)) ?? choice];
}

function wrong(file: string, line: number, problem: string): InfermarkError {
  return new InfermarkError("USAGE", `${file}:${line}: ${problem}`, {
    hint: "`infermark certify --help` lists the options; their names in camel case are the keys",
  });
}

function lineOf(root: unknown, error: ErrorObject, lines: LineCounter): number {
  let node = root;
  const path = error.instancePath.split("/").slice(1);
  if (error.keyword === "additionalProperties")
    path.push((error.params as { additionalProperty: string }).additionalProperty);
  for (const key of path) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (!pair) break;
    if (key === path.at(-1) && isNode(pair.key)) return lines.linePos(pair.key.range?.[0] ?? 0).line;
    node = pair.value;
  }
  return lines.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line;
}

/** The library repeats the position, and speaks of its own functions. */
function yamlProblem({ code, message }: YAMLParseError): string {
  if (code === "MULTIPLE_DOCS") return "it holds more than one YAML document";
  const [first = "not YAML"] = message.split("\n", 1);
  return first.replace(/ at line \d+, column \d+:?$/, "");
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  object: "a map of options",
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
};

function kindOf(type: string): string {
  return KINDS[type] ?? type;
}

function problemOf(error: ErrorObject): string {
  const where = error.instancePath.slice(1).replaceAll("/", ".") || "the file";
  const { type, limit, allowedValues } = error.params as { type?: unknown; limit?: number; allowedValues?: string[] };
  if (error.keyword === "pattern" || (error.parentSchema && "pattern" in error.parentSchema))
    return `${where} must be a duration like 500ms, 10s or 2m`;
  if (error.keyword === "type") return `${where} must be ${String(type).split(",").map(kindOf).join(" or ")}`;
  if (error.keyword === "exclusiveMinimum") return `${where} must be above ${limit}`;
  if (error.keyword === "anyOf") return `${where} must be a text or a list of texts`;
  if (error.keyword === "minimum") return `${where} must be at least ${limit}`;
  if (error.keyword === "enum") return `${where} must be one of ${allowedValues?.join(", ")}`;
  if (error.keyword !== "additionalProperties") return `${where} ${error.message ?? "is wrong"}`;
  const unknown = (error.params as { additionalProperty: string }).additionalProperty;
  const known = Object.keys((error.parentSchema as { properties: object }).properties);
  const nearest = closest(unknown, known);
  return `unknown key "${unknown}"${distance(unknown, nearest) <= 4 ? `; did you mean "${nearest}"?` : ""}`;
}

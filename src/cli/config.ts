import { existsSync, readFileSync } from "node:fs";
import { Ajv, type ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
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
  return parseConfig(text, file);
}

/** Reads the text of an infermark.yaml. Throws USAGE that names the line of what is wrong. */
export function parseConfig(text: string, file = DEFAULT_CONFIG_FILE): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw wrong(file, lines.linePos(error.pos[0]).line, error.message.split("\n", 1)[0] ?? "not YAML");
  if (document.contents === null) return {};
  const value: unknown = document.toJS();
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(
    assetJson("#reports/schema/infermark.config.schema.json") as object,
  );
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    if (first) throw wrong(file, lineOf(document.contents, first, lines), problemOf(first));
  }
  return value as Readonly<Record<string, unknown>>;
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
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (!pair) break;
    if (key === path.at(-1) && isNode(pair.key)) return lines.linePos(pair.key.range?.[0] ?? 0).line;
    node = pair.value;
  }
  return lines.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line;
}

function problemOf(error: ErrorObject): string {
  const where = error.instancePath.slice(1).replaceAll("/", ".") || "the file";
  if (error.keyword !== "additionalProperties") return `${where} ${error.message ?? "is wrong"}`;
  const unknown = (error.params as { additionalProperty: string }).additionalProperty;
  const known = Object.keys((error.parentSchema as { properties: object }).properties);
  const nearest = closest(unknown, known);
  return `unknown key "${unknown}"${distance(unknown, nearest) <= 4 ? `; did you mean "${nearest}"?` : ""}`;
}

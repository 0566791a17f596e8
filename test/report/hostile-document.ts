import { assetJson } from "../../src/base/assets.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { encodeBuckets } from "../../src/statistics/index.ts";

/** What a hostile peer might put into any text that it controls. */
export const HOSTILE =
  "<script>alert(1)</script></script><!--\"'`><img src=x onerror=alert(1)>]]>\u0000\u0001\u001b[31m\u202e\ufffe\ud800 ::error::x%0A\r\n::error title=x::y\n| a | b |\n@someone ${7*7} </pre></style>&amp;";

interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
}

type Schema = SchemaNode & { readonly $defs: Readonly<Record<string, SchemaNode>> };

/** Texts of a form that the schema asks for, by its pattern. */
const OF_PATTERN: Readonly<Record<string, string>> = {
  "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$": "2026-03-02T09:41:07.250Z",
  "^[0-9a-f]{64}$": "ab".repeat(32),
};

/** Numbers and switches without which parts of a report would not be drawn, by the end of their path. */
const TELLING: readonly (readonly [end: RegExp, value: unknown])[] = [
  [/\/exitCode$/, 1],
  [/\/claimed$/, true],
  [/\/checks\/\d+\/ungraded$/, false],
  [/\/decisive$/, 0],
  [/\/intervals\/\d+\/latencies$/, encodeBuckets(Array.from({ length: 900 }, (_, i) => (i > 880 ? i % 7 : 0)))],
  [/\/(?:windows|intervals)\/\d+\/durationMs$/, 500],
  [/\/(?:ok|count|sent)$/, 1000],
  [/\/(?:p50Ns|p99Ns|ns|lowNs|highNs|meanNs|maxNs)$/, 2_000_000],
  [/\/durationMs$/, 3000],
];

const PERCENTILES = [50, 90, 95, 99, 99.9, 100];

/** Lists that reports treat differently by the outcome of their items. */
const OUTCOMES = ["fail", "warn", "inconclusive", "error", "skip", "pass"];

/**
 * A document with all members that its schema knows, each text that the schema leaves free made of `text`: what a new member brings is
 * there by itself. Each list has as many items as it takes to reach every branch of a report; labels are hostile in names and values.
 */
export function documentOf(text: string): ResultDocument {
  const schema = assetJson("#reports/schema/result.v1.schema.json") as Schema;
  return make(schema, "", { schema, text }) as ResultDocument;
}

/** The document with HOSTILE in every text. */
export function hostileDocument(): ResultDocument {
  return documentOf(HOSTILE);
}

/** The document with HOSTILE, repeated to a million characters, in every text. */
export function longWindedDocument(): ResultDocument {
  return documentOf(HOSTILE.repeat(Math.ceil(1_000_000 / HOSTILE.length)));
}

/** How many texts of a value are made of `text`. */
export function textsMadeOf(text: string, value: unknown): number {
  if (typeof value === "string") return value.startsWith(text) ? 1 : 0;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + textsMadeOf(text, member), 0);
}

/** The paths of all texts that the schema leaves free, `*` for an item. */
export function freeTexts(): readonly string[] {
  const schema = assetJson("#reports/schema/result.v1.schema.json") as Schema;
  return pathsIn(schema, "", schema);
}

interface Making {
  readonly schema: Schema;
  readonly text: string;
}

function make(given: SchemaNode, path: string, making: Making): unknown {
  const node = resolved(given, making.schema);
  const telling = TELLING.find(([end]) => end.test(path));
  if (telling) return telling[1];
  if (node.const !== undefined) return node.const;
  if (node.enum) return chosen(node.enum, path);
  if (node.type === "object") return members(node, path, making);
  if (node.type === "array") return items(node, path, making);
  if (node.type === "boolean") return path.endsWith("/valid") ? path.includes("/points/0/") : true;
  if (path.endsWith("/percentile")) return PERCENTILES[numberOf(path) - 1];
  if (node.type === "integer" || node.type === "number") return Math.max(node.minimum ?? 0, numberOf(path));
  return node.pattern === undefined ? making.text : OF_PATTERN[node.pattern];
}

function resolved(node: SchemaNode, schema: Schema): SchemaNode {
  return node.$ref === undefined ? node : (schema.$defs[node.$ref.replace("#/$defs/", "")] as SchemaNode);
}

// Rows that come one after the other differ, so that charts have something to draw.
function numberOf(path: string): number {
  return Number(/\/(\d+)\/[^/]*$/.exec(path)?.[1] ?? 0) + 1;
}

function chosen(values: readonly unknown[], path: string): unknown {
  const index = Number(/\/(\d+)\/[^/]*$/.exec(path)?.[1] ?? 0);
  const ordered = path.endsWith("/outcome") ? OUTCOMES : values;
  return ordered[index % ordered.length];
}

function members(node: SchemaNode, path: string, making: Making): object {
  const named = Object.entries(node.properties ?? {}).map(([name, member]) => [
    name,
    make(member, `${path}/${name}`, making),
  ]);
  const free =
    typeof node.additionalProperties === "object"
      ? [
          [making.text, making.text],
          ["gpu", making.text],
        ]
      : node.additionalProperties === true
        ? [[making.text, making.text]]
        : [];
  return Object.fromEntries([...named, ...free]) as object;
}

function items(node: SchemaNode, path: string, making: Making): readonly unknown[] {
  const many = /\/(?:checks|windows|intervals|points|percentiles)$/.test(path) ? OUTCOMES.length : 2;
  return Array.from({ length: many }, (_, index) => make(node.items ?? {}, `${path}/${index}`, making));
}

function pathsIn(given: SchemaNode, path: string, schema: Schema): readonly string[] {
  const node = resolved(given, schema);
  if (node.const !== undefined || node.enum || node.pattern !== undefined) return [];
  if (node.type === "string") return [path];
  const below = Object.entries(node.properties ?? {}).flatMap(([name, member]) =>
    pathsIn(member, `${path}/${name}`, schema),
  );
  const free = typeof node.additionalProperties === "object" ? [`${path}/*`] : [];
  return [...below, ...free, ...(node.items ? pathsIn(node.items, `${path}/*`, schema) : [])];
}

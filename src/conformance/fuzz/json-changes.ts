import { type Arbitrary, boolean, constant, constantFrom, integer, nat, oneof, record, string } from "fast-check";
import { JsonNumber, type JsonObject, type JsonValue, pointerTo, writeJson } from "../../target/index.ts";
import { shorten } from "../expect.ts";

type Path = readonly (string | number)[];

/** One change of a JSON tree. */
export interface JsonChange {
  readonly how: "replace" | "remove" | "repeat" | "rename" | "add" | "wrap";
  /** Which values: members of this name, or items of the lists under it; "" is the whole tree. Where there are none, all. */
  readonly part: string;
  readonly item: boolean;
  /** Which of them, modulo their number. */
  readonly nth: number;
  /** The text of a value, which need not be JSON. */
  readonly value: string;
  readonly dimension: string;
  readonly name: string;
}

/** A tree, or nothing at all. */
export type JsonTree = JsonValue | undefined;

const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}${close.repeat(depth)}`;

const ORDINARY = [
  "null",
  "true",
  "false",
  "0",
  "1",
  '""',
  "[]",
  "{}",
  "-1",
  "1.5",
  '"x"',
  '"1"',
  "[null]",
  "[[]]",
  '[{"a":[]}]',
];
const NUMBERS = [
  "255",
  "-129",
  "65536",
  "2147483648",
  "9007199254740993",
  "9223372036854775808",
  "18446744073709551616",
  "1e400",
  "1e-400",
];
const NO_JSON = [
  "-0",
  "01",
  ".5",
  "+1",
  "0x10",
  "1e",
  "NaN",
  "Infinity",
  "-Infinity",
  "nul",
  "undefined",
  "'x'",
  "/**/1",
  "",
];
const STRINGS = [
  String.raw`"\ud800"`,
  String.raw`"\u0000"`,
  String.raw`"\r\nx: y"`,
  String.raw`"\x"`,
  '"ä€😀"',
  '"\u0001"',
];
/** Texts where a value belongs: of every kind, at the edges, and some that are no JSON. */
const VALUES: readonly string[] = [
  ...ORDINARY,
  ...NUMBERS,
  ...NO_JSON,
  ...STRINGS,
  `"${"x".repeat(5000)}"`,
  `1${"0".repeat(5000)}`,
];
/** For a place inside a shape. */
const DIMENSIONS: readonly string[] = ["-1", "0", "1", "2", "3", "1000", "-1000", "1.5", '"2"', "null", "[]", "true"];
const HUGE_DIMENSIONS: readonly string[] = ["2147483647", "4294967296", "1099511627776", "9223372036854775807", "1e30"];
const NAMES: readonly string[] = ["", "x", "__proto__", "constructor", "Data", "ä", "id", "parameters", "a.b", "$ref"];
const DEEP = 300;
const BOTTOMLESS = 100_000;

/** Changes of trees whose members have these names: a place that is named stays the same when what is beside it goes. */
export function jsonChange(names: readonly string[], dangerous: boolean): Arbitrary<JsonChange> {
  const depth = integer({ min: 2, max: DEEP });
  const value = oneof(
    { weight: 6, arbitrary: constantFrom(...VALUES) },
    { weight: 1, arbitrary: depth.map((levels) => nested(levels, "[", "]")) },
    {
      weight: 1,
      arbitrary: depth.map((levels) => `${nested(levels, '{"a":', "").slice(0, -5)}{}${"}".repeat(levels - 1)}`),
    },
    { weight: 1, arbitrary: string({ unit: "grapheme", maxLength: 8 }).map((text) => JSON.stringify(text)) },
    ...(dangerous ? [{ weight: 1, arbitrary: constantFrom(nested(BOTTOMLESS, "[", "]")) }] : []),
  );
  return record({
    how: oneof(
      { weight: 4, arbitrary: constant("replace" as const) },
      {
        weight: 5,
        arbitrary: constantFrom(
          "remove" as const,
          "repeat" as const,
          "rename" as const,
          "add" as const,
          "wrap" as const,
        ),
      },
    ),
    part: constantFrom(...names, ""),
    item: boolean(),
    nth: nat({ max: 5 }),
    value,
    dimension: constantFrom(...DIMENSIONS, ...(dangerous ? HUGE_DIMENSIONS : [])),
    name: constantFrom(...NAMES),
  });
}

/** The changed tree, and what was done to it in words. */
export function changeJson(tree: JsonTree, change: JsonChange): { readonly tree: JsonTree; readonly says: string } {
  if (tree === undefined) return { tree, says: "nothing is left to change" };
  const path = placeOf(tree, change);
  const where = path.length === 0 ? "the body" : pointerTo(path);
  const { how, name } = change;
  const isDimension = path.includes("shape") && (typeof path.at(-1) === "number" || how === "add");
  const text = isDimension ? change.dimension : change.value;
  const edited = (edit: (value: JsonValue) => JsonTree) => at(tree, path, edit);
  switch (how) {
    case "replace":
      return { tree: edited(() => new JsonNumber(text)), says: `${where} becomes ${shorten(text, 60) || "nothing"}` };
    case "remove":
      return { tree: edited(() => undefined), says: `${where} is left out` };
    case "repeat":
      return { tree: repeated(tree, path), says: `${where} comes twice` };
    case "rename":
      return { tree: renamed(tree, path, name), says: `${where} is called ${JSON.stringify(name)}` };
    case "add":
      return {
        tree: edited((value) => added(value, name, text)),
        says: `${where} has ${JSON.stringify(name)} ${shorten(text, 60)} besides`,
      };
    case "wrap":
      return { tree: edited((value) => [value]), says: `${where} is put into a list` };
  }
}

function placeOf(tree: JsonValue, { part, item, nth }: JsonChange): Path {
  const all = placesIn(tree);
  const named = all.filter((path) => {
    const name = path.findLast((step) => typeof step === "string");
    return (name ?? "") === part && (typeof path.at(-1) === "number") === item;
  });
  const candidates = named.length > 0 ? named : all;
  return candidates[nth % candidates.length] as Path;
}

function placesIn(value: JsonValue, path: Path = []): readonly Path[] {
  if (Array.isArray(value))
    return [path, ...(value as readonly JsonValue[]).flatMap((item, index) => placesIn(item, [...path, index]))];
  if (!(value instanceof Map)) return [path];
  return [path, ...[...(value as JsonObject)].flatMap(([name, member]) => placesIn(member, [...path, name]))];
}

/** The tree with what is at a path edited; undefined takes it out. */
function at(tree: JsonValue, [step, ...rest]: Path, edit: (value: JsonValue) => JsonTree): JsonTree {
  if (step === undefined) return edit(tree);
  const inner = (value: JsonValue) => at(value, rest, edit);
  if (Array.isArray(tree))
    return (tree as readonly JsonValue[]).flatMap((item, index) => {
      const value = index === step ? inner(item) : item;
      return value === undefined ? [] : [value];
    });
  const members = [...(tree as JsonObject)].flatMap(([name, member]) => {
    const value = name === step ? inner(member) : member;
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Map(members);
}

/** An item of a list comes again after itself; a member's text is followed by the member once more. */
function repeated(tree: JsonValue, path: Path): JsonTree {
  const [step] = path.slice(-1);
  if (step === undefined) return new JsonNumber(`${writeJson(tree)}${writeJson(tree)}`);
  return at(tree, path, (value) => {
    const again = writeJson(value);
    return new JsonNumber(typeof step === "string" ? `${again},${JSON.stringify(step)}:${again}` : `${again},${again}`);
  });
}

function renamed(tree: JsonValue, path: Path, name: string): JsonTree {
  return at(tree, path.slice(0, -1), (owner) => {
    if (!(owner instanceof Map)) return owner;
    return new Map([...(owner as JsonObject)].map(([each, member]) => [each === path.at(-1) ? name : each, member]));
  });
}

function added(value: JsonValue, name: string, text: string): JsonValue {
  if (value instanceof Map) return new Map([...(value as JsonObject), [name, new JsonNumber(text)]]);
  return Array.isArray(value) ? [...(value as readonly JsonValue[]), new JsonNumber(text)] : value;
}

import { type Arbitrary, boolean, record } from "fast-check";
import { JsonNumber, type JsonObject, type JsonValue, writeJson } from "../../target/index.ts";

/** How JSON is spelled: what it means stays the same. */
export interface Spelling {
  /** With spaces and line breaks. */
  readonly spaced: boolean;
  /** Members in the opposite order. */
  readonly reversed: boolean;
  /** Every character of a text as an escape. */
  readonly escaped: boolean;
}

export function spelling(): Arbitrary<Spelling> {
  return record({ spaced: boolean(), reversed: boolean(), escaped: boolean() });
}

/** The text of a value in a spelling. */
export function spell(value: JsonValue, how: Spelling): string {
  const { spaced, reversed } = how;
  const between = spaced ? " ,\r\n\t" : ",";
  const text = (each: string) => (how.escaped ? escapedText(each) : JSON.stringify(each));
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map((each) => spell(each, how)).join(between)}]`;
  if (!(value instanceof Map)) return writeJson(value);
  const members = [...(value as JsonObject)].map(
    ([name, member]) => `${text(name)}${spaced ? " : " : ":"}${spell(member, how)}`,
  );
  return `{${(reversed ? members.reverse() : members).join(between)}}`;
}

function escapedText(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0"));
  return `"${units.map((unit) => `\\u${unit}`).join("")}"`;
}

/** A number as source text. */
export function numberText(text: string): JsonNumber {
  return new JsonNumber(text);
}

/** More elements than this are never asked for by a request that is not dangerous: a server may allocate what a shape says. */
export const MOST_ELEMENTS = 2 ** 22;
const MOST_BYTES = 2 ** 24;

/** Whether no shape and no size in a JSON text, well formed or not, asks for much memory. */
export function asksForLittle(text: string): boolean {
  for (const { index } of text.matchAll(/"shape"/g)) {
    const sizes = (valueAfter(text, index + '"shape"'.length).match(/\d[\d.]*(?:[eE][+-]?\d+)?/g) ?? []).map(Number);
    if (!(sizes.reduce((product, size) => product * Math.max(size, 1), 1) <= MOST_ELEMENTS)) return false;
  }
  for (const [, size = ""] of text.matchAll(/"binary_data_size"[\s:"\\]*([\d.eE+]+)/g)) {
    if (Number(size) > MOST_BYTES) return false;
  }
  return true;
}

/** What follows a member's name, up to the end of its list, of its object or of the text. */
function valueAfter(text: string, from: number): string {
  let depth = 0;
  for (let end = from; end < text.length; end++) {
    const character = text[end];
    if (character === "[") depth += 1;
    if (character === "]") depth -= 1;
    if (character === "}" || (depth <= 0 && (character === "]" || character === ","))) return text.slice(from, end);
  }
  return text.slice(from);
}

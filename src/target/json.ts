/** A JSON number as its source text, so that 2^53+1, -0 and 1e2 survive reading. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = ReadonlyMap<string, JsonValue>;

/** JSON without loss: numbers are source text, objects keep their order and may hold any key. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

export type JsonRead =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** JSON pointers of members whose name their object had already used; the last one is the value. */
      readonly duplicates: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

export interface JsonReadOptions {
  /** Accepts the tokens NaN, Infinity and -Infinity, which RFC 8259 does not have. */
  readonly nonFinite?: boolean;
}

const MAX_DEPTH = 512;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NON_FINITE = /NaN|-?Infinity/y;
const UNICODE_ESCAPE = /u[0-9a-fA-F]{4}/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Reads one JSON text (RFC 8259) in UTF-8. Never throws: what is not JSON comes back as a problem with its position.
 * Of members with the same name the last one wins, as in ECMAScript.
 */
export function readJson(source: Uint8Array | string, options: JsonReadOptions = {}): JsonRead {
  let text: string;
  try {
    text =
      typeof source === "string" ? source : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source);
  } catch {
    return { ok: false, problem: "the bytes are not UTF-8" };
  }
  const reader = new Reader(text, options.nonFinite === true);
  try {
    return { ok: true, value: reader.document(), duplicates: reader.duplicates };
  } catch (thrown) {
    if (thrown instanceof JsonSyntaxError) return { ok: false, problem: thrown.message };
    throw thrown;
  }
}

class JsonSyntaxError extends Error {}

class Reader {
  readonly duplicates: string[] = [];
  readonly #text: string;
  /** Member names and indexes from the root down to where the reader is; what lies deeper is stale. */
  readonly #path: (string | number)[] = [];
  readonly #nonFinite: boolean;
  #at = 0;

  constructor(text: string, nonFinite: boolean) {
    this.#text = text;
    this.#nonFinite = nonFinite;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail("the end");
    return value;
  }

  #fail(expected: string): never {
    const found = this.#at >= this.#text.length ? "the end" : JSON.stringify(this.#text.slice(this.#at, this.#at + 12));
    throw new JsonSyntaxError(`expected ${expected} at character ${this.#at}, found ${found}`);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.#fail(`at most ${MAX_DEPTH} levels`);
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #literal(): JsonValue {
    if (this.#accept("true")) return true;
    if (this.#accept("false")) return false;
    if (this.#accept("null")) return null;
    const number = (this.#nonFinite ? this.#take(NON_FINITE) : undefined) ?? this.#take(NUMBER);
    return number === undefined ? this.#fail("a value") : new JsonNumber(number);
  }

  #array(depth: number): readonly JsonValue[] {
    this.#at += 1;
    const items: JsonValue[] = [];
    this.#space();
    if (this.#accept("]")) return items;
    for (;;) {
      this.#path[depth] = items.length;
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#accept("]")) return items;
      if (!this.#accept(",")) this.#fail('"," or "]"');
    }
  }

  #object(depth: number): JsonObject {
    this.#at += 1;
    const members = new Map<string, JsonValue>();
    this.#space();
    if (this.#accept("}")) return members;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail("a member name");
      const name = this.#string();
      this.#space();
      if (!this.#accept(":")) this.#fail('":"');
      this.#path[depth] = name;
      if (members.has(name)) this.duplicates.push(pointerTo(this.#path.slice(0, depth + 1)));
      members.set(name, this.#value(depth + 1));
      this.#space();
      if (this.#accept("}")) return members;
      if (!this.#accept(",")) this.#fail('"," or "}"');
    }
  }

  #string(): string {
    this.#at += 1;
    let value = "";
    for (;;) {
      value += this.#plainCharacters();
      if (this.#accept('"')) return value;
      if (!this.#accept("\\")) this.#fail("the end of the string");
      value += this.#escape();
    }
  }

  #plainCharacters(): string {
    const start = this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      // Beyond the end the code is NaN.
      if (!(code >= 0x20) || code === 0x22 || code === 0x5c) return this.#text.slice(start, this.#at);
      this.#at += 1;
    }
  }

  #escape(): string {
    const plain = ESCAPES[this.#text[this.#at] ?? ""];
    if (plain !== undefined) {
      this.#at += 1;
      return plain;
    }
    const unicode = this.#take(UNICODE_ESCAPE);
    if (unicode === undefined) this.#fail("an escape");
    return String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
  }
}

/** The JSON pointer (RFC 6901) of a path of member names and indexes. */
export function pointerTo(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MOST_DIGITS = 400;

/** The number if it is an integer however it is spelled (`7`, `7.0`, `70e-1`), exactly; undefined for any other and beyond 400 digits. */
export function toBigInt({ text }: JsonNumber): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const digits = (whole + fraction).replace(/0+$/, "");
  const zeros = Number(exponent) + whole.length - digits.length;
  if (digits === "" || /^0*$/.test(digits)) return 0n;
  if (zeros < 0 || digits.length + zeros > MOST_DIGITS) return undefined;
  return BigInt(`${sign}${digits}${"0".repeat(zeros)}`);
}

/** The nearest double; of the tokens NaN, Infinity and -Infinity what they say. */
export function toNumber({ text }: JsonNumber): number {
  return Number(text);
}

/** The value with ordinary numbers and objects without a prototype: for schema validation, not for comparing tensors. */
export function toPlain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return toNumber(value);
  if (value instanceof Map) {
    const plain = Object.create(null) as Record<string, unknown>;
    for (const [name, member] of value as JsonObject) plain[name] = toPlain(member);
    return plain;
  }
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(toPlain) : value;
}

/**
 * JSON text of a value: bigints as integers, JsonNumber as its text, -0 as -0, NaN and infinities as the bare tokens
 * that some servers send. Members that are undefined are left out.
 */
export function writeJson(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === undefined) return "null";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  const members = value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : Object.entries(value);
  const written = members
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`);
  return `{${written.join(",")}}`;
}

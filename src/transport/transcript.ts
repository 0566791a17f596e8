import { createHash } from "node:crypto";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { InfermarkError, messageOf } from "../base/errors.ts";
import type { RecordedExchange } from "./recording.ts";
import {
  type BodyLine,
  type ExchangeLine,
  entryOf,
  exchangeLine,
  exchangeLineProblem,
  isRecord,
} from "./transcript-line.ts";

const UNKNOWN_OS = 255;
const OS_BYTE = 9;

/** The transcripts sidecar: gzip of NDJSON lines, every body once, before the exchange that first uses it. Equal entries give equal bytes. */
export function writeTranscript(entries: readonly RecordedExchange[]): Uint8Array {
  const lines: string[] = [];
  const stored = new Set<string>();
  const hashOf = (body: Uint8Array) => {
    const hash = sha256(body);
    if (!stored.has(hash)) {
      stored.add(hash);
      const line: BodyLine = { kind: "body", sha256: hash, base64: Buffer.from(body).toString("base64") };
      lines.push(JSON.stringify(line));
    }
    return hash;
  };
  for (const entry of entries) {
    const line = exchangeLine(entry, hashOf);
    lines.push(JSON.stringify(line));
  }
  const text = lines.map((line) => `${line}\n`).join("");
  const zipped = new Uint8Array(gzipSync(text, { level: constants.Z_BEST_COMPRESSION }));
  // zlib writes no time, but names the machine it was built for.
  zipped[OS_BYTE] = UNKNOWN_OS;
  return zipped;
}

/** The entries of a transcripts sidecar. Throws USAGE, naming the line, where it was edited or cut. */
export function readTranscript(bytes: Uint8Array): readonly RecordedExchange[] {
  const lines = unzip(bytes).split("\n");
  if (lines.pop() !== "") throw broken(lines.length + 1, "the last line is cut short");
  const bodies = new Map<string, Uint8Array>();
  const entries: RecordedExchange[] = [];
  for (const [i, text] of lines.entries()) {
    const line = parseLine(text, i + 1);
    if (line.kind === "body") bodies.set(line.sha256, verifiedBody(line, i + 1));
    else entries.push(entryOf(line, (hash) => storedBody(bodies, hash, i + 1)));
  }
  return entries;
}

function unzip(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(gunzipSync(bytes));
  } catch (thrown) {
    throw new InfermarkError("USAGE", `the transcripts cannot be unpacked: ${messageOf(thrown)}`, {
      hint: HINT,
      cause: thrown,
    });
  }
}

function parseLine(text: string, number: number): BodyLine | ExchangeLine {
  const value = parseJson(text, number);
  if (!isRecord(value)) throw broken(number, "it is not an object");
  if (value.kind === "body") {
    if (typeof value.sha256 !== "string" || typeof value.base64 !== "string")
      throw broken(number, "the body has no hash or no bytes");
    return value as unknown as BodyLine;
  }
  if (value.kind !== "exchange") throw broken(number, "it is neither a body nor an exchange");
  const problem = exchangeLineProblem(value);
  if (problem !== undefined) throw broken(number, problem);
  return value as unknown as ExchangeLine;
}

function parseJson(text: string, number: number): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw broken(number, messageOf(thrown), thrown);
  }
}

function verifiedBody({ sha256: hash, base64 }: BodyLine, number: number): Uint8Array {
  const body = new Uint8Array(Buffer.from(base64, "base64"));
  if (sha256(body) !== hash || Buffer.from(body).toString("base64") !== base64)
    throw broken(number, `the body is not the one with sha256 ${hash}`);
  return body;
}

function storedBody(bodies: ReadonlyMap<string, Uint8Array>, hash: string, number: number): Uint8Array {
  const body = bodies.get(hash);
  if (!body) throw broken(number, `no line before it holds the body with sha256 ${hash}`);
  return body;
}

const HINT = "take the transcripts file that belongs to the result document, unchanged";

function broken(line: number, what: string, cause?: unknown): InfermarkError {
  return new InfermarkError("USAGE", `line ${line} of the transcripts was changed: ${what}`, { hint: HINT, cause });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import { createHash } from "node:crypto";
import type { Body } from "./document.gen.ts";
import { utf8 } from "./repro/shell.ts";

/** The most bytes of a body that a document holds. */
export const MAX_BODY_BYTES = 4096;

const READABLE = /^(?:[\t\n\r]|\P{Cc})*$/u;

/** A body as the document holds it: at most `limit` bytes, as text where it is readable UTF-8, else in base64. */
export function trimBody(bytes: Uint8Array, limit: number): Body {
  const size = bytes.length;
  const truncated = size > limit;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const text = utf8(bytes.subarray(0, truncated ? characterBoundary(bytes, limit) : size));
  if (text !== undefined && READABLE.test(text)) return { size, sha256, text, truncated };
  return { size, sha256, base64: Buffer.from(bytes.subarray(0, limit)).toString("base64"), truncated };
}

// Cutting inside a character would make readable text look like binary.
function characterBoundary(bytes: Uint8Array, limit: number): number {
  let end = limit;
  while (end > limit - 4 && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

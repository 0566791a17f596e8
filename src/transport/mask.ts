/** What stands where a secret was. */
export const REDACTED = "[redacted]";

interface Range {
  readonly start: number;
  readonly end: number;
}

const FILL = 0x2a; // "*"

/** `text` with every occurrence of a secret replaced. */
export function maskText(text: string, secrets: readonly string[]): string {
  // The longest first: a secret may be part of another.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, REDACTED), text);
}

/**
 * The pieces of one body with every occurrence of a secret replaced, also where it lies across pieces.
 * `same-length` fills with asterisks, so that lengths inside the body stay true. As many pieces come back as were given.
 */
export function maskBytes(
  pieces: readonly Uint8Array[],
  secrets: readonly string[],
  style: "label" | "same-length",
): readonly Uint8Array[] {
  const joined = Buffer.concat(pieces);
  const ranges = occurrences(joined, secrets);
  if (ranges.length === 0) return pieces;
  let start = 0;
  return pieces.map((piece) => {
    const window = { start, end: start + piece.length };
    start = window.end;
    return maskWindow(joined, ranges, window, style);
  });
}

function maskWindow(
  joined: Buffer,
  ranges: readonly Range[],
  window: Range,
  style: "label" | "same-length",
): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = window.start;
  for (const range of ranges) {
    if (range.end <= window.start || range.start >= window.end) continue;
    const from = Math.max(range.start, window.start);
    const to = Math.min(range.end, window.end);
    parts.push(joined.subarray(at, from));
    if (style === "same-length") parts.push(Buffer.alloc(to - from, FILL));
    else if (range.start >= window.start) parts.push(Buffer.from(REDACTED));
    at = to;
  }
  parts.push(joined.subarray(at, window.end));
  return new Uint8Array(Buffer.concat(parts));
}

/** Where secrets are, in order, overlapping ones as one. */
function occurrences(bytes: Buffer, secrets: readonly string[]): readonly Range[] {
  const found: Range[] = [];
  for (const secret of secrets) {
    const needle = Buffer.from(secret, "utf8");
    for (let start = bytes.indexOf(needle); start >= 0; start = bytes.indexOf(needle, start + 1)) {
      found.push({ start, end: start + needle.length });
    }
  }
  const merged: Range[] = [];
  for (const range of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && range.start < last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

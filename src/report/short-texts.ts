import { shortened } from "./plain-text.ts";

/** A longer text of a document is cut in reports: no statement, id or command is as long, only what a hostile peer sends. */
export const LONGEST_TEXT = 10_000;

/** Texts that are read by programs: histograms and counts. */
const MACHINE_READ = new Set(["histogram", "latencies"]);

/** Plain JSON whose texts have at most `most` characters and say where more are left out; names of members too. Itself where none is longer. */
export function withShortTexts<T>(value: T, most: number): T {
  return hasLonger(value, most) ? (copy(value, most) as T) : value;
}

// Nearly every document has none, and a copy of a large one takes longer than a look.
function hasLonger(value: unknown, most: number): boolean {
  if (typeof value === "string") return value.length > most;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => hasLonger(item, most));
  for (const key in value) {
    if (key.length > most) return true;
    if (!MACHINE_READ.has(key) && hasLonger((value as Record<string, unknown>)[key], most)) return true;
  }
  return false;
}

function copy(value: unknown, most: number): unknown {
  if (typeof value === "string") return cut(value, most);
  if (!hasLonger(value, most)) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, most));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [cut(key, most), MACHINE_READ.has(key) ? member : copy(member, most)]),
  );
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${shortened(text.slice(0, 2 * most), most)} [${text.length} characters in all; the whole is in the document]`;
}

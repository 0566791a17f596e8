import { shortened } from "./plain-text.ts";

/** A longer text of a document is cut in reports: no statement, id or command is as long, only what a hostile peer sends. */
export const LONGEST_TEXT = 10_000;

/** Texts that are read by programs: histograms and counts. */
const MACHINE_READ = new Set(["histogram", "latencies"]);

/** A copy of plain JSON whose texts have at most `most` characters and say where more are left out; names of members too. */
export function withShortTexts<T>(value: T, most: number): T {
  return copy(value, most) as T;
}

function copy(value: unknown, most: number): unknown {
  if (typeof value === "string") return cut(value, most);
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

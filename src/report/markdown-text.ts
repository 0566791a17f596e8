import { shortPlainText } from "./plain-text.ts";

/** Text that Markdown, HTML and mentions leave alone, also inside a table. */
export function inline(text: string): string {
  return shortPlainText(text, 400)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~$]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//");
}

/** An id as code. Inside a code span nothing is escaped but the bar of a table, so anything unusual is written as text. */
export function code(text: string): string {
  return /^[\w./:~-]+$/.test(text) ? `\`${text}\`` : inline(text);
}

/** How many bytes the lines take. */
export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** The first of the lines or blocks: at most so many, and not more bytes together. */
export function firstWithin(lines: readonly string[], most: number, bytes: number): readonly string[] {
  let left = bytes;
  const over = lines.slice(0, most).findIndex((line) => {
    left -= bytesOf([line]);
    return left < 0;
  });
  return lines.slice(0, over === -1 ? most : over);
}

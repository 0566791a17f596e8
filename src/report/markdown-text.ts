import { plainText, shortened } from "./plain-text.ts";

/** Text that Markdown, HTML and mentions leave alone, also inside a table. */
export function inline(text: string): string {
  return shortened(plainText(text), 400)
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

const BARE = /^[\w@%+=:,./-]+$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} \n]*$/u;

/** A bash word that stands for exactly these bytes, or undefined when they hold a NUL, which no argument can carry. */
export function shellWord(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  const text = utf8(bytes);
  if (text === undefined || !PRINTABLE.test(text)) return escapedWord(bytes);
  return BARE.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The text of bytes that are valid UTF-8, else undefined. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A double-quoted bash word in which `$NAME` stands for a variable; everything else is literal. */
export function shellWordWithVariable(before: string, variable: string): string {
  return `"${before.replaceAll(/["\\$`]/g, String.raw`\$&`)}$${variable}"`;
}

// A control byte would be eaten by the terminal that the line is pasted into, so it is written as an escape.
function escapedWord(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `$'${escaped.join("")}'`;
}

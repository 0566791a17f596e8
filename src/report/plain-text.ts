/** Text on one line with control and direction-changing characters written as `\u{…}`, so that a peer cannot steer a terminal or a log. */
export function plainText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** The first `length` characters, with an ellipsis in place of the rest. */
export function shortened(text: string, length: number): string {
  // A character is at most two code units, so that what follows is never needed.
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** Both: no more is looked at than is shown, however long the text is. */
export function shortPlainText(text: string, length: number): string {
  return shortened(plainText(text.slice(0, 2 * length + 2)), length);
}

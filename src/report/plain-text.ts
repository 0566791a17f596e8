/** Text on one line with control and direction-changing characters written as `\u{…}`, so that a peer cannot steer a terminal or a log. */
export function plainText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** The first `length` characters, with an ellipsis in place of the rest. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = endOf(text, length - 1);
  return endOf(text, 1, end) === text.length ? text : `${text.slice(0, end)}…`;
}

/** Where the `count`-th character after `from` ends; the end of the text where there are fewer. */
function endOf(text: string, count: number, from = 0): number {
  let at = from;
  for (let i = 0; i < count && at < text.length; i++) at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
  return at;
}

/** Both: no more is looked at than is shown, however long the text is. */
export function shortPlainText(text: string, length: number): string {
  return shortened(plainText(text.slice(0, 2 * length + 2)), length);
}

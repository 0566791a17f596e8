/** What a reader wants to know first, answered in words. */
export interface Answer {
  readonly question: string;
  /** A sentence, or two. */
  readonly says: string;
  /** What it rests on, a sentence each. */
  readonly because: readonly string[];
  readonly tone: "good" | "bad" | "open" | "none";
}

/** `1 check`, `2 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Names as a sentence lists them: `a, b and c`. */
export function listed(names: readonly string[], most = 5): string {
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A share as a text, e.g. `12.3 %`. */
export function percentText(share: number, digits = 3): string {
  return `${Number((100 * share).toPrecision(digits))} %`;
}

/** A number of things, e.g. `1 point` and `2 points`. */
export function countedText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

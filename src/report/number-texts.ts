/** A share as a text, e.g. `12.3 %`. */
export function percentText(share: number, digits = 3): string {
  return `${Number((100 * share).toPrecision(digits))} %`;
}

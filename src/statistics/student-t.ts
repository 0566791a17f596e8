import { incompleteBeta } from "./incomplete-beta.ts";

/** The value that Student's t with `freedom` degrees of freedom stays below with probability `probability` (0.5 to 1, exclusive). */
export function studentT(probability: number, freedom: number): number {
  // P(T > t) = I_x(ν/2, 1/2) / 2 with x = ν / (ν + t²).
  const above = (t: number) => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  let low = 0;
  let high = 1;
  while (above(high) > 1 - probability) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (above(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

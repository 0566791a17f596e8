/** The value that a standard normal variable stays below with this probability (0 to 1, exclusive), to seven digits (M. J. Wichura, algorithm AS 241, Applied Statistics 37, 1988). */
export function normalQuantile(probability: number): number {
  const offset = probability - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const r = 0.180625 - offset * offset;
    return (offset * polynomial(r, CENTRE)) / polynomial(r, CENTRE_BELOW);
  }
  const r = Math.sqrt(-Math.log(offset < 0 ? probability : 1 - probability));
  const size =
    r <= 5
      ? polynomial(r - 1.6, TAIL) / polynomial(r - 1.6, TAIL_BELOW)
      : polynomial(r - 5, FAR) / polynomial(r - 5, FAR_BELOW);
  return offset < 0 ? -size : size;
}

const CENTRE = [3.3871327179, 50.434271938, 159.29113202, 59.10937472];
const CENTRE_BELOW = [1, 17.895169469, 78.757757664, 67.1875636];
const TAIL = [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103];
const TAIL_BELOW = [1, 0.7370016425, 0.12021132975];
const FAR = [6.657905115, 3.081226386, 0.42868294337, 0.017337203997];
const FAR_BELOW = [1, 0.24197894225, 0.012258202635];

/** Coefficients from that of the constant up. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

/** A latency law of the reference runtime with its closed form. */
export interface KnownLaw {
  readonly name: string;
  /** As `--latency` takes it. */
  readonly text: string;
  /** The time in nanoseconds that this share (0 to 1) of inferences do not exceed. */
  readonly quantileNs: (share: number) => number;
}

const MS = 1e6;

/** Steady laws, which hold in open and closed loops. */
export const STEADY: readonly KnownLaw[] = [
  { name: "constant 5 ms", text: "5ms", quantileNs: () => 5 * MS },
  { name: "exponential 10 ms", text: "exponential:10ms", quantileNs: (share) => -Math.log(1 - share) * 10 * MS },
  {
    name: "bimodal 5 ms, 50 ms for 20 %",
    text: "bimodal:5ms:50ms:0.2",
    quantileNs: (share) => (share <= 0.8 ? 5 : 50) * MS,
  },
];

/** A stall for a tenth of each period. With even arrivals a tenth of them comes within, and waits for what is left of it. */
export function stallEvery(periodMs: number): KnownLaw {
  const length = periodMs / 10;
  return {
    name: `stall of ${(length / 1000).toFixed(1)} s in ${(periodMs / 1000).toFixed(1)} s`,
    text: `stall:5ms:${length}ms:${periodMs}ms`,
    quantileNs: (share) => (5 + Math.max(0, share - 0.9) * periodMs) * MS,
  };
}

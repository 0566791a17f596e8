import { InfermarkError } from "./errors.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `500ms`, `10s`, `1.5m` or `2h`. Throws USAGE for anything else. */
export function parseDuration(text: string, what = "duration"): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const unit = match?.[2] === undefined ? undefined : UNITS[match[2]];
  if (!match || unit === undefined) {
    throw new InfermarkError("USAGE", `${what} "${text}" is not a duration`, {
      hint: "write it like 500ms, 10s or 2m",
    });
  }
  return Number(match[1]) * unit;
}

/** A duration for people: `830 ns`, `12.3 µs`, `4.56 ms`, `1.20 s`. */
export function formatNanoseconds(ns: number): string {
  if (ns < 1_000) return `${Math.round(ns)} ns`;
  if (ns < 1_000_000) return `${(ns / 1_000).toPrecision(3)} µs`;
  if (ns < 1_000_000_000) return `${(ns / 1_000_000).toPrecision(3)} ms`;
  return `${(ns / 1_000_000_000).toPrecision(3)} s`;
}

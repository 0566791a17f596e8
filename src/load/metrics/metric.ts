import type { Measured } from "../measured.ts";

/** A number, an estimate or a distribution that is computed from a measuring phase. */
export interface Metric<T> {
  readonly id: string;
  readonly title: string;
  readonly unit: "1/s" | "ns" | "ratio";
  from(measured: Measured): T;
}

// A door of its own: whoever opens it loads the histograms' library.
export * from "./compare.ts";
export * from "./conformance.ts";
export type { LoadVerdict } from "./effect.ts";
export * from "./load.ts";
export type { PointSettings } from "./match-points.ts";

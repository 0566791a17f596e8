// A door of its own: whoever opens it loads the histograms' library.
export * from "./load-curve.ts";
export * from "./plan-capacity.ts";
export { type HeldOutError, type ReplicaModel } from "./replica.ts";

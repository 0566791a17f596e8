import type { SuiteEntry } from "./entry.ts";
import { v2Rest } from "./v2-rest/index.ts";

/** Every suite, in the order they run and are reported. */
export const suites: readonly SuiteEntry[] = [v2Rest];

export type { SuiteEntry } from "./entry.ts";
export { profiles } from "./profiles.ts";

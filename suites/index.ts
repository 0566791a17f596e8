import type { SuiteEntry } from "./entry.ts";
import { v1Rest } from "./v1-rest/index.ts";
import { v2Grpc } from "./v2-grpc/index.ts";
import { v2Rest } from "./v2-rest/index.ts";

/** Every suite, in the order they run and are reported. */
export const suites: readonly SuiteEntry[] = [v1Rest, v2Rest, v2Grpc];

export type { SuiteEntry } from "./entry.ts";
export { profiles } from "./profiles.ts";

import type { SuiteEntry } from "./entry.ts";
import { grpcHealth } from "./grpc-health/index.ts";
import { kserveRepository } from "./kserve-repository/index.ts";
import { v1Rest } from "./v1-rest/index.ts";
import { v2Binary } from "./v2-binary/index.ts";
import { v2Cross } from "./v2-cross/index.ts";
import { v2Generate } from "./v2-generate/index.ts";
import { v2Grpc } from "./v2-grpc/index.ts";
import { v2Rest } from "./v2-rest/index.ts";

/** The binary extension before the JSON binding, which answers every inference. */
const inference: readonly SuiteEntry[] = [v1Rest, v2Binary, v2Rest, v2Grpc];

/**
 * Every suite, in the order they run and are reported, and in which their references are asked. The model repository comes
 * last: it unloads a model that the others ask for.
 */
export const suites: readonly SuiteEntry[] = [
  ...inference,
  v2Cross(inference),
  v2Generate,
  grpcHealth,
  kserveRepository,
];

export type { SuiteEntry } from "./entry.ts";
export { profiles } from "./profiles.ts";

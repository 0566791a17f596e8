import { type Check, runSuite, type SuiteOutcome, type TargetInfo, type Verdict } from "#kit";
import { createWorld, fixtureModels, type Handler, inProcess, type Mutant } from "../../src/reference/index.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { hurriedClock } from "./hurried-clock.ts";
import { referenceInfo } from "./reference-info.ts";

export { hurriedClock } from "./hurried-clock.ts";
export { referenceInfo } from "./reference-info.ts";

const LIMITS = { requestMs: 1_000, recoveryMs: 0, concurrency: 8 };

export interface LabOptions {
  readonly checks?: readonly Check[];
  readonly seed?: number;
  readonly info?: TargetInfo;
}

/** Runs a suite against handlers in this process; what they leave alone the references of the other suites answer. */
export function runInLab(
  entry: SuiteEntry,
  handlers: readonly Handler[],
  options: LabOptions = {},
): Promise<SuiteOutcome> {
  const world = createWorld({ models: fixtureModels() });
  const others = suites.filter((each) => each !== entry && each.suite.compares === undefined);
  return runSuite(entry.suite, options.checks ?? entry.suite.checks, {
    transport: inProcess({ handlers: [...handlers, ...others.map(({ reference }) => reference)], world }),
    info: options.info ?? referenceInfo(),
    seed: options.seed ?? 1,
    clock: hurriedClock,
    limits: LIMITS,
    dangerous: true,
  });
}

/** Verdicts by check id. */
export async function verdicts(
  entry: SuiteEntry,
  handler: Handler,
  options: LabOptions = {},
): Promise<ReadonlyMap<string, Verdict>> {
  const { results } = await runInLab(entry, [handler], options);
  return new Map(results.map((result) => [result.check, result.verdict]));
}

/** The checks that run against a mutant: all but the large ones, or those that it names. */
export function checksFor({ suite }: SuiteEntry, { only }: Mutant): readonly Check[] {
  return suite.checks.filter(({ id, heavy }) => (only ? only.includes(id) : heavy !== "large"));
}

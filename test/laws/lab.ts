import {
  type Check,
  type Clock,
  type ModelInfo,
  runSuite,
  type SuiteOutcome,
  type TargetInfo,
  type Verdict,
} from "#kit";
import { createWorld, fixtureModels, type Handler, inProcess, type Mutant } from "../../src/reference/index.ts";
import { FIXTURES } from "../../src/target/fixtures.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";

/** Sleeps without waiting, so that back-off and recovery cost nothing. */
export const hurriedClock: Clock = {
  now: () => performance.now() * 1e6,
  sleep: async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
  },
};

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

/** What the probe finds on a correct reference runtime. */
export function referenceInfo(): TargetInfo {
  const served = fixtureModels();
  const names = [...served.keys(), "rows_and_objects"];
  const model = (name: string): ModelInfo => {
    const fixture = FIXTURES.get(name);
    if (!fixture) throw new Error(`${name} is no fixture`);
    const { inputs, outputs } = fixture;
    return {
      name,
      inputs,
      outputs,
      versions: served.get(name)?.versions ?? [],
      platform: "infermark_reference",
      fixture: true,
      foundBy: ["v1-rest", "v2-rest", "v2-grpc"],
    };
  };
  const answers = { answers: true, evidence: "it is the reference runtime" };
  return {
    rest: true,
    grpc: true,
    bindings: { "v1-rest": answers, "v2-rest": answers, "v2-grpc": answers },
    server: { name: "infermark-reference", version: "1.0.0", extensions: ["binary_tensor_data"] },
    models: [
      "identity_fp32",
      ...[...FIXTURES.keys()].filter((name) => name !== "identity_fp32" && names.includes(name)),
    ].map(model),
  };
}

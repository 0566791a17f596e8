import { beforeAll, describe, test } from "vitest";
import {
  type CheckResult,
  defaultLimits,
  describeAnswer,
  openTransport,
  parseGrpcAddress,
  parseRestAddress,
  probeTarget,
  runSuite,
  type Suite,
  systemClock,
  type Transport,
  transportsOf,
  type Verdict,
} from "#kit";

export interface DescribeSuiteOptions {
  /**
   * REST URL and gRPC address of the runtime under test, or a transport that reaches it some other way and is then the
   * caller's to close; or a function that gives one of them once the runtime has started.
   */
  readonly target: SuiteTarget | (() => SuiteTarget | Promise<SuiteTarget>);
  /** Models to test; the fixture models unless given. */
  readonly models?: readonly string[];
  /** Seed of all random choices; 1 unless given. */
  readonly seed?: number;
}

export type SuiteTarget = TargetAddresses | Transport;

export interface TargetAddresses {
  readonly rest?: string;
  readonly grpc?: string;
}

const RUN_WITHIN_MS = 300_000;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * Declares one vitest test per check of a suite. A check that passes or only warns passes; one that is skipped or
 * inconclusive is skipped with its reason; one that fails shows its clause, expectation and answer.
 */
export function describeSuite(suite: Suite, options: DescribeSuiteOptions): void {
  describe(suite.title, () => {
    let results: ReadonlyMap<string, CheckResult> = new Map();
    beforeAll(async () => {
      results = await resultsOf(suite, options);
    }, RUN_WITHIN_MS);
    for (const { id, title } of suite.checks.filter(({ dangerous }) => !dangerous)) {
      test(`${id}: ${title}`, ({ skip }) => report(results.get(id), skip));
    }
  });
}

async function resultsOf(
  suite: Suite,
  { target, models = [], seed = 1 }: DescribeSuiteOptions,
): Promise<ReadonlyMap<string, CheckResult>> {
  const found = typeof target === "function" ? await target() : target;
  const { transport, rest, grpc, close } = "send" in found ? reachedBy(found, suite) : reachedAt(found);
  try {
    const deadlineMs = defaultLimits.requestMs;
    const info = await probeTarget(transport, {
      rest,
      grpc,
      models,
      fixtures: true,
      deadlineMs,
      clock: systemClock,
    });
    const checks = suite.checks.filter(({ dangerous }) => !dangerous);
    const { results } = await runSuite(suite, checks, {
      transport,
      info,
      seed,
      clock: systemClock,
      limits: defaultLimits,
    });
    return new Map(results.map((result) => [result.check, result]));
  } finally {
    await close();
  }
}

interface Reached {
  readonly transport: Transport;
  readonly rest: boolean;
  readonly grpc: boolean;
  readonly close: () => Promise<void>;
}

function reachedBy(transport: Transport, suite: Suite): Reached {
  const needed = transportsOf(suite);
  return { transport, rest: needed.includes("rest"), grpc: needed.includes("grpc"), close: async () => {} };
}

function reachedAt({ rest, grpc }: TargetAddresses): Reached {
  const transport = openTransport({
    ...(rest !== undefined && { rest: parseRestAddress(rest) }),
    ...(grpc !== undefined && { grpc: parseGrpcAddress(grpc) }),
    maxResponseBytes: MAX_RESPONSE_BYTES,
  });
  return { transport, rest: rest !== undefined, grpc: grpc !== undefined, close: () => transport.close() };
}

function report(result: CheckResult | undefined, skip: (reason: string) => void): void {
  if (!result) throw new Error("the check did not run");
  const { verdict } = result;
  switch (verdict.outcome) {
    case "pass":
    case "warn":
      return;
    case "skip":
    case "inconclusive":
      skip(verdict.reason);
      return;
    case "error":
      throw new Error(`the check itself broke: ${verdict.message}`);
    case "fail":
      throw new Error(failureText(result, verdict));
  }
}

function failureText(
  { clause, exchanges, decisive }: CheckResult,
  { expected, actual, at }: Extract<Verdict, { outcome: "fail" }>,
): string {
  const shown = exchanges[decisive ?? -1];
  const answer = shown === undefined ? "" : `\nanswer   ${describeAnswer(shown)}`;
  return `${clause.id}: ${clause.says}\nexpected ${expected}\nactual   ${actual}${at === undefined ? "" : ` at ${at}`}${answer}`;
}

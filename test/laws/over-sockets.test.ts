import { expect, test } from "vitest";
import { type Check, killOf, openTransport, runSuite, type SuiteOutcome, systemClock } from "#kit";
import { createWorld, fixtureModels, type Handler, serveReference } from "../../src/reference/index.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { checksFor, referenceInfo } from "./lab.ts";

const LIMITS = { requestMs: 10_000, recoveryMs: 30_000, concurrency: 8 };
const MAX_BYTES = 64 * 1024 * 1024;

const faults = suites.flatMap((entry) =>
  entry.mutants.filter(({ sockets }) => sockets).map((mutant) => [mutant.id, entry, mutant] as const),
);

/** Runs a suite against a changed reference runtime behind real sockets; what it leaves alone the other suites' references answer. */
async function runOverSockets(entry: SuiteEntry, handler: Handler, checks: readonly Check[]): Promise<SuiteOutcome> {
  const others = suites.filter((each) => each !== entry && each.suite.compares === undefined);
  const running = await serveReference({
    handlers: [handler, ...others.map(({ reference }) => reference)],
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: MAX_BYTES,
    restPort: 0,
    grpcPort: 0,
  });
  const endpoint = { host: "127.0.0.1", prefix: "", headers: [], secretHeaders: [] };
  const transport = openTransport({
    rest: { ...endpoint, port: portOf(running.restUrl) },
    grpc: { ...endpoint, port: portOf(running.grpcAddress) },
    maxResponseBytes: MAX_BYTES,
  });
  try {
    const options = { transport, info: referenceInfo(), seed: 7, clock: systemClock, limits: LIMITS, dangerous: true };
    return await runSuite(entry.suite, checks, options);
  } finally {
    await transport.close();
    await running.close();
  }
}

const portOf = (address: string | undefined) => Number(address?.split(":").at(-1));

test.each(faults)("law 2: %s is found over sockets by exactly the checks that name it", async (id, entry, mutant) => {
  const { results } = await runOverSockets(entry, mutant.apply(entry.reference), checksFor(entry, mutant));
  const of = (...outcomes: readonly string[]) => results.filter(({ verdict }) => outcomes.includes(verdict.outcome));
  const declared = entry.suite.checks.flatMap((check) =>
    check.kills
      .map(killOf)
      .filter((kill) => kill.mutant === id)
      .map(({ as }) => `${check.id} ${as}s`),
  );
  expect(of("error", "skip")).toEqual([]);
  expect(
    of("fail", "warn")
      .map(({ check, verdict }) => `${check} ${verdict.outcome}s`)
      .toSorted(),
  ).toEqual(declared.toSorted());
});

import { type CheckResult, killOf, openTransport, runSuite, systemClock } from "#kit";
import { decodeRequest } from "../../src/cli/repro-messages.ts";
import {
  createWorld,
  fixtureModels,
  type Mutant,
  type RunningReference,
  serveReference,
} from "../../src/reference/index.ts";
import { conformancePart } from "../../src/result/conformance-part.ts";
import type { Check } from "../../src/result/index.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { checksFor, referenceInfo } from "../laws/lab.ts";

const LIMITS = { requestMs: 2_000, recoveryMs: 0, concurrency: 8 };

/** A served reference runtime with one fault, and what its document holds of the checks that find the fault. */
export interface FailingRun {
  readonly mutant: string;
  /** Serves the fault anew at the same address, with no memory of what was sent. */
  readonly restart: () => Promise<RunningReference>;
  readonly close: () => Promise<void>;
  readonly results: readonly CheckResult[];
  readonly checks: readonly Check[];
}

/** Serves the fault on free ports and runs the checks that name it; the whole suite where a census needs what others see. */
export async function failingRun(entry: SuiteEntry, mutant: Mutant): Promise<FailingRun> {
  const others = suites.filter((each) => each !== entry);
  const finders = entry.suite.checks.filter((check) => check.kills.some((kill) => killOf(kill).mutant === mutant.id));
  const serve = (restPort = 0, grpcPort = 0) =>
    serveReference({
      handlers: [mutant.apply(entry.reference), ...others.map(({ reference }) => reference)],
      world: createWorld({ models: fixtureModels() }),
      maxBodyBytes: 64 * 1024 * 1024,
      restPort,
      grpcPort,
    });
  let running = await serve();
  let results = await runOver(entry, running, finders);
  if (!results.every(isFound)) {
    await running.close();
    running = await serve();
    results = (await runOver(entry, running, checksFor(entry, mutant))).filter(({ check }) =>
      finders.some(({ id }) => id === check),
    );
  }
  const { id, title } = entry.suite;
  const suite = { suite: id, title, specifications: [], claimed: true, evidence: "", checks: results };
  const { suites: parts } = conformancePart(
    { suites: [suite], profiles: [], partial: false },
    {
      registry: [entry.suite],
      secretHeaders: [],
      documentFile: "result.json",
      decodeRequest,
      rest: { host: "127.0.0.1", port: portOf(running.restUrl) },
      grpc: { host: "127.0.0.1", port: portOf(running.grpcAddress) },
    },
  );
  const restart = async () => {
    await running.close();
    running = await serve(portOf(running.restUrl), portOf(running.grpcAddress));
    return running;
  };
  return { mutant: mutant.id, restart, close: () => running.close(), results, checks: parts[0]?.checks ?? [] };
}

function isFound({ verdict }: CheckResult): boolean {
  return verdict.outcome === "fail" || verdict.outcome === "warn";
}

async function runOver(entry: SuiteEntry, running: RunningReference, checks: SuiteEntry["suite"]["checks"]) {
  const endpoint = { host: "127.0.0.1", prefix: "", headers: [], secretHeaders: [] };
  const transport = openTransport({
    rest: { ...endpoint, port: portOf(running.restUrl) },
    grpc: { ...endpoint, port: portOf(running.grpcAddress) },
    maxResponseBytes: 64 * 1024 * 1024,
  });
  try {
    const options = { transport, info: referenceInfo(), seed: 1, clock: systemClock, limits: LIMITS, dangerous: true };
    return (await runSuite(entry.suite, checks, options)).results;
  } finally {
    await transport.close();
  }
}

function portOf(address: string | undefined): number {
  return Number(address?.split(":").at(-1));
}

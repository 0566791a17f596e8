import { type CheckResult, killOf, openTransport, runSuite, systemClock } from "#kit";
import { decodeRequest } from "../../src/cli/repro-messages.ts";
import { createWorld, fixtureModels, inProcess, type Mutant, serveReference } from "../../src/reference/index.ts";
import { conformancePart } from "../../src/result/conformance-part.ts";
import type { Check } from "../../src/result/index.ts";
import { type Exchange, type Headers, headerOf, type WireRequest } from "../../src/transport/index.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { checksFor, referenceInfo } from "../laws/lab.ts";

const LIMITS = { requestMs: 2_000, recoveryMs: 0, concurrency: 8 };
const LIMIT_BYTES = 64 * 1024 * 1024;

/** A check that found a fault of a served reference runtime: what it saw, and what a document holds of it. */
export interface Found {
  readonly mutant: string;
  readonly result: CheckResult;
  readonly check: Check;
}

export interface FailingRun {
  readonly found: readonly Found[];
  /** Serves the fault anew at the same addresses, with no memory of what was sent. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Served {
  readonly rest: number;
  readonly grpc: number;
  readonly close: () => Promise<void>;
}

/** Serves a fault and runs the checks that name it; the whole suite where a census needs what others see. */
export async function failingRun(entry: SuiteEntry, mutant: Mutant): Promise<FailingRun> {
  const finders = entry.suite.checks.filter((check) => check.kills.some((kill) => killOf(kill).mutant === mutant.id));
  let served = await serve(entry, mutant);
  let results = await runOver(entry, served, finders);
  const restart = async () => {
    await served.close();
    served = await serve(entry, mutant, served);
  };
  if (!results.every(isFound)) {
    await restart();
    const all = await runOver(entry, served, checksFor(entry, mutant));
    results = all.filter(({ check }) => finders.some(({ id }) => id === check));
  }
  const checks = documented(entry, results, served);
  const found = results.map((result, index) => ({ mutant: mutant.id, result, check: checks[index] as Check }));
  return { found, restart, close: () => served.close() };
}

export function isFound({ verdict }: CheckResult): boolean {
  return verdict.outcome === "fail" || verdict.outcome === "warn";
}

/** The exchange that the verdict is about. */
export function decisiveOf({ result: { exchanges, decisive = 0 } }: Found): Exchange {
  return exchanges[decisive] as Exchange;
}

/** Whether a correct runtime, asked the same and nothing before it, gives another answer. */
export async function showsTheFault(found: Found): Promise<boolean> {
  const seen = decisiveOf(found);
  const world = createWorld({ models: fixtureModels() });
  const correct = inProcess({ handlers: suites.map(({ reference }) => reference), world });
  const right = await correct.send(seen.request, { deadlineMs: LIMITS.requestMs });
  return seen.failure !== undefined || answerOf(seen) !== answerOf(right);
}

/** What a client sees of an answer, without what every connection adds and what differs each time. */
function answerOf({ request, head, events, trailers = [] }: Exchange): string {
  const body = Buffer.concat(events.map(({ bytes }) => bytes));
  const own = (head?.headers ?? []).filter(([name]) => !/^(?:date|connection|keep-alive)$/i.test(name));
  const told = (fields: Headers) =>
    fields.map(([name, value]) => `${name.toLowerCase()}: ${decodeURIComponent(value)}`).toSorted();
  // A gRPC answer without a message has its status in the head, which is the trailers then.
  const fields = body.length === 0 ? [told([...own, ...trailers])] : [told(own), told(trailers)];
  return JSON.stringify([head?.status, fields, settled(body, request).toString("base64")]);
}

/** The body of an answer with the ids and times that a server makes up taken for one; those of the request stay. */
export function settled(body: Uint8Array, request: WireRequest): Buffer {
  const text = Buffer.from(body).toString("latin1");
  const asked = request.protocol === "http" ? Buffer.from(request.body ?? []).toString("latin1") : "";
  const same = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (asked.includes(id) ? id : "an id"))
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "a time");
  return Buffer.from(same, "latin1");
}

/** The media type of an answer. */
export function mediaTypeOf({ head }: Exchange): string | undefined {
  return headerOf(head?.headers, "content-type");
}

async function serve(entry: SuiteEntry, mutant: Mutant, before?: Served): Promise<Served> {
  const others = suites.filter((each) => each !== entry);
  const running = await serveReference({
    handlers: [mutant.apply(entry.reference), ...others.map(({ reference }) => reference)],
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: LIMIT_BYTES,
    restPort: before?.rest ?? 0,
    grpcPort: before?.grpc ?? 0,
  });
  const portOf = (address: string | undefined) => Number(address?.split(":").at(-1));
  return { rest: portOf(running.restUrl), grpc: portOf(running.grpcAddress), close: () => running.close() };
}

async function runOver(entry: SuiteEntry, { rest, grpc }: Served, checks: SuiteEntry["suite"]["checks"]) {
  const endpoint = { host: "127.0.0.1", prefix: "", headers: [], secretHeaders: [] };
  const transport = openTransport({
    rest: { ...endpoint, port: rest },
    grpc: { ...endpoint, port: grpc },
    maxResponseBytes: LIMIT_BYTES,
  });
  try {
    const options = { transport, info: referenceInfo(), seed: 1, clock: systemClock, limits: LIMITS, dangerous: true };
    return (await runSuite(entry.suite, checks, options)).results;
  } finally {
    await transport.close();
  }
}

function documented({ suite }: SuiteEntry, results: readonly CheckResult[], { rest, grpc }: Served): readonly Check[] {
  const ran = { suite: suite.id, title: suite.title, specifications: [], claimed: true, evidence: "", checks: results };
  const { suites: parts } = conformancePart(
    { suites: [ran], profiles: [], partial: false },
    {
      registry: [suite],
      secretHeaders: [],
      documentFile: "result.json",
      decodeRequest,
      rest: { host: "127.0.0.1", port: rest },
      grpc: { host: "127.0.0.1", port: grpc },
    },
  );
  return parts[0]?.checks ?? [];
}

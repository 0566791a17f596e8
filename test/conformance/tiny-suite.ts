import {
  type Check,
  type CheckResult,
  type Clause,
  checksOf,
  type HttpRequest,
  type RunOptions,
  runSuite,
  type Suite,
} from "#kit";
import { createWorld, type Handler, type HttpReply, inProcess } from "../../src/reference/index.ts";
import { hurriedClock } from "../laws/hurried-clock.ts";
import { referenceInfo } from "../laws/reference-info.ts";

const clause: Clause = {
  id: "C-1",
  level: "must",
  basis: "keyword",
  says: "It is so.",
  source: { document: "d", section: "s" },
};
/** The three shapes of a check, for a suite with one clause. */
export const { observe, refuse, census } = checksOf<"C-1">();

export const get = (path: string): HttpRequest => ({ protocol: "http", method: "GET", path, headers: [] });
export const reply = (status: number, extra: Partial<HttpReply> = {}): HttpReply => ({
  protocol: "http",
  status,
  headers: [],
  body: new Uint8Array(0),
  ...extra,
});

/** A suite of these checks, over HTTP, for which status 200 is a success. */
export function suiteOf(...checks: readonly Check[]): Suite {
  return {
    id: "t",
    title: "t",
    transport: "rest",
    specifications: [],
    features: {
      rare: { title: "rare", missing: () => "it is rare" },
      common: { title: "common", missing: () => undefined },
    },
    clauses: { "C-1": clause },
    checks,
    retired: {},
    endpointOf: () => "any",
    succeeded: ({ head, failure }) => head?.status === 200 && !failure,
    requestProblem: (request) =>
      request.protocol === "http" && request.path.includes("broken") ? "the path is broken" : undefined,
    alive: () => get("/alive"),
  };
}

/** Runs checks against a server in this process that answers by path and by how many requests came before. */
export async function run(
  checks: readonly Check[],
  handler: (path: string, count: number) => HttpReply,
  options: Partial<RunOptions> = {},
) {
  let count = 0;
  const handle: Handler = async (request) => handler(request.path, ++count);
  const { results, endedEarly } = await runSuite(suiteOf(...checks), checks, {
    transport: inProcess({ handlers: [handle], world: createWorld({ models: new Map() }) }),
    info: referenceInfo(),
    seed: 1,
    clock: hurriedClock,
    limits: { requestMs: 100, recoveryMs: 0, concurrency: 4 },
    ...options,
  });
  return {
    results,
    endedEarly,
    of: (id: string) => (results.find(({ check }) => check === id) as CheckResult).verdict,
  };
}

export const basics = { title: "It is so", clause: "C-1", kills: [] } as const;
export const observing = (id: string, body: Parameters<typeof observe>[0]["run"]) =>
  observe({ ...basics, id, run: body });

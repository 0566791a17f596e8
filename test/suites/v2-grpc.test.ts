import { afterEach, expect, test } from "vitest";
import { openTransport, runSuite, systemClock, type Transport } from "#kit";
import { createWorld, fixtureModels, type RunningReference, serveReference } from "../../src/reference/index.ts";
import { v2Grpc } from "../../suites/v2-grpc/index.ts";
import { referenceInfo } from "../laws/lab.ts";

const LIMITS = { requestMs: 10_000, recoveryMs: 1_000, concurrency: 8 };
const open: (RunningReference | Transport)[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** What the suite's positive checks of the service say about a faulty runtime behind a socket. */
async function verdictsOverSockets(mutantId: string): Promise<readonly string[]> {
  const mutant = v2Grpc.mutants.find(({ id }) => id === mutantId);
  if (!mutant) throw new Error(`there is no fault ${mutantId}`);
  const running = await serveReference({
    handlers: [mutant.apply(v2Grpc.reference)],
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: 64 * 1024 * 1024,
    grpcPort: 0,
  });
  open.push(running);
  const transport = openTransport({
    grpc: {
      host: "127.0.0.1",
      port: Number(running.grpcAddress?.split(":").at(-1)),
      prefix: "",
      headers: [],
      secretHeaders: [],
    },
    maxResponseBytes: 64 * 1024 * 1024,
  });
  open.push(transport);
  const { suite } = v2Grpc;
  const { results } = await runSuite(suite, suite.checks, {
    transport,
    info: referenceInfo(),
    seed: 7,
    clock: systemClock,
    limits: LIMITS,
    dangerous: true,
  });
  return results
    .filter(({ verdict }) => verdict.outcome !== "pass" && verdict.outcome !== "inconclusive")
    .map(({ check, verdict }) => `${check} ${verdict.outcome}s`);
}

test("only the check with the standard client finds a server that refuses what that client offers", async () => {
  expect(await verdictsOverSockets("v2-grpc:refuses-offered-compression")).toEqual([
    "v2-grpc/a-standard-client-gets-through fails",
  ]);
});

test("a service under another name is found over real sockets", async () => {
  expect(await verdictsOverSockets("v2-grpc:service-in-another-package")).toEqual([
    "v2-grpc/service-is-found-by-its-name fails",
  ]);
});

test("answers with HTTP 400 in place of a gRPC status are found over real sockets", async () => {
  expect(await verdictsOverSockets("v2-grpc:errors-as-http-400")).toEqual([
    "v2-grpc/every-answer-is-a-grpc-answer fails",
  ]);
});

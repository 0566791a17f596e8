import { afterAll, beforeAll, expect, test } from "vitest";
import { openTransport, runSuite, systemClock } from "#kit";
import { createWorld, fixtureModels, type RunningReference, serveReference } from "../../src/reference/index.ts";
import { suites } from "../../suites/index.ts";
import { referenceInfo } from "../laws/lab.ts";

const LIMITS = { requestMs: 10_000, recoveryMs: 1_000, concurrency: 8 };
let running: RunningReference;

beforeAll(async () => {
  running = await serveReference({
    handlers: suites.map(({ reference }) => reference),
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: 64 * 1024 * 1024,
    restPort: 0,
    grpcPort: 0,
  });
});

afterAll(() => running.close());

function portOf(address: string | undefined): number {
  return Number(address?.split(":").at(-1));
}

test.each(suites.map(({ suite }) => [suite.id, suite] as const))(
  "the reference passes %s over real sockets",
  async (_, suite) => {
    const endpoint = { host: "127.0.0.1", prefix: "", headers: [], secretHeaders: [] };
    const transport = openTransport({
      rest: { ...endpoint, port: portOf(running.restUrl) },
      grpc: { ...endpoint, port: portOf(running.grpcAddress) },
      maxResponseBytes: 64 * 1024 * 1024,
    });
    try {
      const { results } = await runSuite(suite, suite.checks, {
        transport,
        info: referenceInfo(),
        seed: 7,
        clock: systemClock,
        limits: LIMITS,
        dangerous: true,
      });
      expect(
        results.filter(({ verdict }) => verdict.outcome !== "pass").map(({ check, verdict }) => ({ check, verdict })),
      ).toEqual([]);
      expect(results.length).toBe(suite.checks.length);
    } finally {
      await transport.close();
    }
  },
);

import { describe, expect, test } from "vitest";
import { bodyOf, openTransport, runSuite, type SuiteOutcome } from "#kit";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { standingOf } from "./degenerate.ts";
import { grpcServers } from "./degenerate-servers/grpc.ts";
import { restServers } from "./degenerate-servers/rest.ts";
import type { Degenerate } from "./degenerate-servers/server.ts";
import { hurriedClock, referenceInfo } from "./lab.ts";

const MAX_RESPONSE_BYTES = 1024 * 1024;
const KEPT_OF_TOO_LARGE = 64 * 1024;

const serversFor = ({ suite }: SuiteEntry) => (suite.transport === "rest" ? restServers : grpcServers);

/** Runs a whole suite, as if the target had claimed it, against a degenerate server. */
async function runAgainst(name: string, entry: SuiteEntry, requestMs = 100): Promise<SuiteOutcome> {
  const { suite } = entry;
  const server = await (serversFor(entry)[name] as Degenerate)();
  const endpoint = { host: "127.0.0.1", port: server.port, prefix: "", headers: [], secretHeaders: [] };
  const transport = openTransport({ [suite.transport]: endpoint, maxResponseBytes: MAX_RESPONSE_BYTES });
  try {
    return await runSuite(suite, suite.checks, {
      transport,
      info: referenceInfo(),
      seed: 1,
      clock: hurriedClock,
      limits: { requestMs, recoveryMs: 100, concurrency: 8 },
      dangerous: true,
    });
  } finally {
    await transport.close();
    await server.close();
  }
}

const entryOf = (id: string) => suites.find(({ suite }) => suite.id === id) as SuiteEntry;

describe.concurrent.each(suites.map((entry) => [entry.suite.id, entry] as const))(
  "law 5 over sockets: %s",
  (_, entry) => {
    test.each(Object.keys(serversFor(entry)))("a server that %s", async (name) => {
      const { results } = await runAgainst(name, entry);
      expect(results.length).toBe(entry.suite.checks.length);
      const { passed, errors, profiles } = standingOf(entry.suite, results);
      expect(errors).toEqual([]);
      expect(passed.length, passed.join(", ")).toBeLessThanOrEqual(Math.floor(entry.suite.checks.length * 0.02));
      expect(profiles.filter(({ status }) => status !== "not-earned" && status !== "undecided")).toEqual([]);
    });
  },
);

describe.concurrent("what no server can make a run do", () => {
  test.each([
    ["v2-rest", "never speaks"],
    ["v2-rest", "never even reads"],
    ["v2-rest", "sends its head byte by byte for ever"],
    ["v2-rest", "sends its body byte by byte for ever"],
    ["v2-grpc", "never speaks"],
    ["v2-grpc", "hangs after its head"],
    ["v2-grpc", "sends its message byte by byte for ever"],
    ["v2-grpc", "sends headers without end"],
  ] as const)("go on: %s ends after five time-outs in a row when the server %s", async (id, name) => {
    const { endedEarly } = await runAgainst(name, entryOf(id));
    expect(endedEarly).toBe("5 requests in a row timed out");
  });

  test.each([
    ["v2-rest", "sends a body without end"],
    ["v2-grpc", "sends a message without end"],
  ] as const)("fill the memory: %s keeps little of each answer when the server %s", async (id, name) => {
    const { results } = await runAgainst(name, entryOf(id), 30_000);
    const tooLarge = results
      .flatMap(({ exchanges }) => exchanges)
      .filter(({ failure }) => failure?.code === "too-large");
    expect(tooLarge.length).toBeGreaterThan(results.length / 2);
    expect(Math.max(...tooLarge.map((exchange) => bodyOf(exchange).length))).toBe(KEPT_OF_TOO_LARGE);
  });
});

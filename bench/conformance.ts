/** How long a suite takes: the reference runtime behind real sockets, each suite three times, the median. */
import { systemClock } from "../src/base/clock.ts";
import { openTransport, runSuite } from "../src/conformance/index.ts";
import { createWorld, fixtureModels, serveReference } from "../src/reference/index.ts";
import { suites } from "../suites/index.ts";
import { referenceInfo } from "../test/laws/reference-info.ts";

const GOALS_S: Readonly<Record<string, number>> = { "v2-rest": 5, "v2-grpc": 5, "v1-rest": 2 };
const MAX_BYTES = 64 * 1024 * 1024;
const RUNS = 3;

const running = await serveReference({
  handlers: suites.map(({ reference }) => reference),
  world: createWorld({ models: fixtureModels() }),
  maxBodyBytes: MAX_BYTES,
  restPort: 0,
  grpcPort: 0,
});
const endpointAt = (address: string | undefined) => ({
  host: "127.0.0.1",
  port: Number(address?.split(":").at(-1)),
  prefix: "",
  headers: [],
  secretHeaders: [],
});
const transport = openTransport({
  rest: endpointAt(running.restUrl),
  grpc: endpointAt(running.grpcAddress),
  maxResponseBytes: MAX_BYTES,
});

for (const { suite } of suites) {
  const times: number[] = [];
  let passed = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const started = systemClock.now();
    const { results } = await runSuite(suite, suite.checks, {
      transport,
      info: referenceInfo(),
      seed,
      clock: systemClock,
      limits: { requestMs: 10_000, recoveryMs: 30_000, concurrency: 8 },
    });
    times.push((systemClock.now() - started) / 1e9);
    passed = results.filter(({ verdict }) => verdict.outcome === "pass").length;
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
  const goal = GOALS_S[suite.id];
  const standing = goal === undefined ? "" : `, goal ${goal} s: ${median <= goal ? "met" : "missed"}`;
  console.log(`${suite.id}: ${median.toFixed(2)} s for ${passed} of ${suite.checks.length} checks${standing}`);
}
await transport.close();
await running.close();

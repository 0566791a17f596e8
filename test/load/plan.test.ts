import { expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import { parseLoadPlan } from "../../src/load/index.ts";

const plan = {
  mode: "concurrency",
  protocol: "v2-rest",
  engine: "undici",
  encoding: "json",
  model: "add-one",
  batch: 8,
  concurrency: 16,
  durationMs: 10_000,
  warmupMs: 0,
  requestTimeoutMs: 30_000,
  fullCheckEvery: 100,
  seed: 7,
};

test("a plan survives its way through JSON", () => {
  expect(parseLoadPlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
});

test.each([
  [
    { mode: "chaos" },
    'mode must be one of concurrency, request-rate, sweep, search, stages, single-stream, multi-stream, server, offline, not "chaos"',
  ],
  [{ protocol: "v3" }, 'protocol must be one of v1-rest, v2-rest, v2-binary, v2-grpc, not "v3"'],
  [{ engine: "curl" }, 'engine must be one of wire, undici, autocannon, grpc-js, not "curl"'],
  [{ concurrency: 0 }, "concurrency must be a whole number from 1 to 65535, not 0"],
  [{ batch: 1.5 }, "batch must be a whole number from 1 to 1000000, not 1.5"],
  [{ durationMs: "10s" }, 'durationMs must be a whole number from 1 to 604800000, not "10s"'],
  [{ model: "" }, 'model must be a text that is not empty, not ""'],
  [{ seed: null }, "seed must be a whole number or a text, not null"],
  [{ warmupMs: undefined }, "warmupMs is missing"],
  [{ rate: 10 }, 'it has no field "rate"'],
  [{ protocol: "v2-grpc" }, "engine undici does not speak v2-grpc"],
  [{ engine: "grpc-js" }, "engine grpc-js does not speak v2-rest"],
])("%j is refused", (change, problem) => {
  expect(() => parseLoadPlan({ ...plan, ...change })).toThrow(`the load plan is wrong: ${problem}`);
});

test.each([null, 3, [], "plan"])("%j is no plan", (data) => {
  expect(() => parseLoadPlan(data)).toThrow(InfermarkError);
});

test("an engine that does not fit comes with those that do", () => {
  const grpc = { ...plan, protocol: "v2-grpc" };
  expect(() => parseLoadPlan(grpc)).toThrow(
    expect.objectContaining({ code: "USAGE", hint: "use the engine wire or grpc-js" }) as Error,
  );
});

const { mode: _mode, concurrency: _concurrency, batch: _batch, durationMs: _durationMs, ...shared } = plan;
const timed = { ...shared, engine: "wire", durationMs: 1000 };
const open = { arrivals: "poisson", maxInFlight: 64 };
const search = { ...timed, batch: 1, mode: "search", objectives: ["p99<50ms"], from: 10, most: 500, precision: 0.05 };
const step = { name: "step", durationMs: 100, rate: 5 };
const PLANS: Readonly<Record<string, object>> = {
  constant: { ...timed, batch: 1, mode: "request-rate", ...open, arrivals: "constant", rate: 0.5 },
  trace: { ...timed, batch: 1, mode: "request-rate", arrivals: "trace", maxInFlight: 1, offsetsMs: [0, 3.5, 3.5] },
  "sweep over concurrency": { ...timed, mode: "sweep", batch: [1, 8], concurrency: [1, 2], autoExtendMs: 5000 },
  "sweep over rate": { ...timed, mode: "sweep", batch: [1], rate: [10, 20], ...open, autoWarmup: true },
  "search over rate": { ...search, over: "rate", ...open },
  "search over concurrency": { ...search, over: "concurrency" },
  stages: {
    ...shared,
    engine: "wire",
    batch: 1,
    mode: "stages",
    ...open,
    stages: [step, { ...step, name: "ramp", toRate: 9 }],
  },
  "single-stream": { ...timed, engine: "undici", batch: 1, mode: "single-stream" },
  "multi-stream": { ...timed, batch: 8, mode: "multi-stream", boundMs: 50 },
  server: { ...timed, batch: 1, mode: "server", rate: 100, maxInFlight: 64, boundMs: 50 },
  offline: { ...timed, batch: 32, mode: "offline", concurrency: 4 },
};

test.each(Object.entries(PLANS))("the plan %s survives its way through JSON", (_, each) => {
  expect(parseLoadPlan(JSON.parse(JSON.stringify(each)))).toEqual(each);
});

test.each([
  ["constant", { rate: undefined }, "rate is missing"],
  ["constant", { rate: 0 }, "rate must be a number above 0, at most 10000000, not 0"],
  ["constant", { arrivals: "bursts" }, 'arrivals must be one of constant, poisson, trace, not "bursts"'],
  ["constant", { engine: "undici" }, "engine undici does not send at instants of its own"],
  ["constant", { offsetsMs: [1] }, "offsetsMs belong to arrivals trace, not constant"],
  ["trace", { offsetsMs: undefined }, "offsetsMs is missing"],
  ["trace", { offsetsMs: [5, 4] }, "offsetsMs must ascend, and member 1 is less than the one before it"],
  ["trace", { rate: 5 }, "rate and toRate do not belong to arrivals trace"],
  [
    "sweep over concurrency",
    { batch: [1, 0] },
    "batch is wrong at 1: must be a whole number from 1 to 1000000, not [1,0]",
  ],
  ["sweep over concurrency", { batch: 1 }, "batch must be a list that is not empty, not 1"],
  ["sweep over concurrency", { rate: [5] }, "it must have either concurrency or rate"],
  ["sweep over rate", { maxInFlight: undefined }, "arrivals and maxInFlight belong to rate, and only to it"],
  ["search over rate", { objectives: [] }, "objectives must be a list that is not empty, not []"],
  ["search over rate", { objectives: ["p97<1s"] }, "objectives is wrong at 0: is of a percentile that is not measured"],
  ["search over rate", { objectives: ["fast"] }, "objectives is wrong at 0: is not an objective"],
  ["search over rate", { from: 501 }, "from must not be greater than most"],
  ["search over concurrency", { from: 1.5 }, "from of a search over concurrency must be a whole number"],
  ["search over concurrency", open, "arrivals and maxInFlight belong to a search over rate"],
  ["stages", { stages: [{ ...step, rate: undefined }] }, "stages is wrong at 0: rate is missing"],
  ["stages", { stages: [step, step] }, "two of its stages are named step"],
  ["stages", { objectives: ["p99<1s"] }, "objectives belong to a stage named recovery"],
  [
    "stages",
    { objectives: ["p95<1s"], stages: [{ ...step, name: "recovery" }] },
    "objectives of a recovery are of p50, p99",
  ],
  ["stages", { durationMs: 10 }, 'it has no field "durationMs"'],
  ["server", { boundMs: undefined }, "boundMs is missing"],
  ["server", { engine: "autocannon" }, "engine autocannon does not send at instants of its own"],
  ["offline", { autoWarmup: 1 }, "autoWarmup must be true or false, not 1"],
])("a plan %s with %j is refused", (name, change, problem) => {
  expect(() => parseLoadPlan({ ...PLANS[name], ...change })).toThrow(`the load plan is wrong: ${problem}`);
});

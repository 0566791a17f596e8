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
  [{ mode: "chaos" }, 'mode must be one of concurrency, request-rate, sweep, search, stages, single-stream, multi-stream, server, offline, not "chaos"'],
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

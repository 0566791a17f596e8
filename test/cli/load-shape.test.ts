import { join } from "node:path";
import { expect, test } from "vitest";
import { loadShapes } from "../../src/cli/load-shape.ts";
import { readPlans } from "../../src/cli/plan-file.ts";
import { settingsFrom } from "../../src/cli/settings.ts";
import { parseLoadPlan } from "../../src/load/index.ts";

const COMMON = {
  protocol: "v2-rest",
  encoding: "json",
  model: "m",
  requestTimeoutMs: 1000,
  fullCheckEvery: 100,
  seed: 1,
};

/** The plans that flags ask for. */
function plansOf(flags: Readonly<Record<string, unknown>>) {
  const settings = settingsFrom(flags, {});
  if (settings.plan !== undefined) return readPlans(settings.plan);
  return loadShapes(settings).map((shape) => parseLoadPlan({ ...COMMON, engine: settings.engine ?? "wire", ...shape }));
}

const CALM = { name: "a", rate: 5, durationMs: 1000 };
const RAMP = { name: "b", rate: 5, toRate: 10.5, durationMs: 120_000 };
const SEARCH = { search: "rate", slo: ["p99<1s"] };

test.each([
  ["nothing", {}, [{ mode: "concurrency", concurrency: 8, batch: 1, durationMs: 10_000, warmupMs: 2000 }]],
  ["a rate", { rate: "0.5" }, [{ mode: "request-rate", rate: 0.5, arrivals: "constant", maxInFlight: 256 }]],
  ["commas", { concurrency: "1, 2" }, [{ mode: "sweep", concurrency: [1, 2], batch: [1], durationMs: 4000 }]],
  ["a list of a file", { concurrency: [1, 2], batch: 4 }, [{ mode: "sweep", concurrency: [1, 2], batch: [4] }]],
  ["batches and rates", { rate: "5,6", batch: "1,8" }, [{ mode: "sweep", rate: [5, 6], batch: [1, 8] }]],
  ["a search of two batches", { ...SEARCH, batch: "1,8" }, [{ over: "rate", batch: 1, from: 100 }, { batch: 8 }]],
  ["a search from a load", { search: "concurrency", slo: ["p99<1s"], concurrency: "4" }, [{ from: 4, most: 1024 }]],
  ["stages", { stage: ["a:5:1s", "b:5-10.5:2m"] }, [{ mode: "stages", stages: [CALM, RAMP] }]],
  ["samples", { scenario: "multi-stream", slo: ["p99<=50ms"] }, [{ mode: "multi-stream", batch: 8, boundMs: 50 }]],
  ["a warm-up until it is steady", { warmup: "auto" }, [{ autoWarmup: true, warmupMs: 30_000 }]],
  ["an extension without a time", { autoExtend: true }, [{ autoExtendMs: 60_000 }]],
  ["an extension with one", { autoExtend: "2m" }, [{ autoExtendMs: 120_000 }]],
])("%s makes plans", (_, flags, plans) => {
  expect(plansOf(flags)).toMatchObject(plans);
});

test.each([
  ["a rate and a concurrency", { rate: "5", concurrency: "2" }, "--rate and --concurrency contradict"],
  ["a search without an objective", { search: "rate" }, "--search needs an objective"],
  ["an objective of nothing", { slo: ["p99<1s"] }, "--slo belongs to"],
  ["a search in stages", { ...SEARCH, stage: ["a:1:1s"] }, "--search and --stage contradict"],
  ["a search from two loads", { ...SEARCH, rate: "5,6" }, "--rate must be one number here"],
  ["a percentile that is not measured", { search: "rate", slo: ["p97<1s"] }, "not measured"],
  ["a server without a rate", { scenario: "server", slo: ["p99<1s"] }, "--scenario server needs --rate"],
  ["a server without a bound", { scenario: "server", rate: "5" }, "needs an objective"],
  ["a bound of another percentile", { scenario: "single-stream", slo: ["p99<1s"] }, "p90 alone"],
  ["a stage that is none", { stage: ["ramp:fast:1s"] }, "is not a stage"],
  ["an open loop of a library", { rate: "5", engine: "undici" }, "does not send at instants of its own"],
  ["a trace that is not there", { trace: "nowhere.txt" }, "nowhere.txt cannot be read"],
  ["a trace of words", { trace: join(import.meta.dirname, "../../LICENSE") }, "is not a number of seconds"],
  ["a plan that is none", { plan: join(import.meta.dirname, "../../package.json") }, "the load plan is wrong: mode"],
  ["a plan that is changed", { plan: "result.json", rate: "5" }, "--plan and --rate contradict"],
  ["a rate that is none", { rate: "0" }, "--rate"],
  ["a concurrency of none among others", { concurrency: "4,0" }, "--concurrency is too small"],
])("%s is refused", (_, flags, said) => {
  expect(() => plansOf(flags)).toThrow(said);
});

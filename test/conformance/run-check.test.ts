import { describe, expect, test } from "vitest";
import { expect as expectation, InfermarkError, inconclusive, runSuite, skip } from "#kit";
import { createWorld, inProcess } from "../../src/reference/index.ts";
import { hurriedClock } from "../laws/hurried-clock.ts";
import { referenceInfo } from "../laws/reference-info.ts";
import { basics, get, observe, observing, reply, run, suiteOf } from "./tiny-suite.ts";

const throwing = (id: string, thrown: unknown) =>
  observing(id, async () => {
    throw thrown;
  });

describe("what a check throws", () => {
  test("is a verdict on the target only where the check says so", async () => {
    const aborted = new DOMException("stopped", "AbortError");
    const { of } = await run(
      [
        observing("t/at", async () => expectation.that(false, "a", "b", "/here")),
        observing("t/nowhere", async () => expectation.that(false, "a", "b")),
        observing("t/undecided", async () => inconclusive("who knows")),
        throwing("t/aborted", aborted),
        throwing("t/aborted-too", Object.assign(new Error("stopped"), { name: "AbortError" })),
        throwing("t/unsupported", new InfermarkError("UNSUPPORTED", "no such datatype")),
        throwing("t/usage", new InfermarkError("USAGE", "a wrong option")),
        throwing("t/text", "just a text"),
      ],
      () => reply(200),
    );
    expect(of("t/at")).toEqual({ outcome: "fail", expected: "a", actual: "b", at: "/here" });
    expect(of("t/nowhere")).toStrictEqual({ outcome: "fail", expected: "a", actual: "b" });
    expect(of("t/undecided")).toEqual({ outcome: "inconclusive", reason: "who knows" });
    expect(of("t/aborted")).toEqual({ outcome: "inconclusive", reason: "interrupted" });
    expect(of("t/aborted-too")).toEqual({ outcome: "inconclusive", reason: "interrupted" });
    expect(of("t/unsupported")).toEqual({ outcome: "skip", reason: "no such datatype" });
    expect(of("t/usage")).toEqual({ outcome: "error", message: "a wrong option" });
    expect(of("t/text").outcome).toBe("error");
  });

  test("is an error of ours when the check names a clause that is not there", async () => {
    const stray = { ...observing("t/stray", async () => {}), clause: "C-9" };
    const options = {
      transport: inProcess({ handlers: [], world: createWorld({ models: new Map() }) }),
      info: referenceInfo(),
      seed: 1,
      clock: hurriedClock,
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 },
    };
    await expect(runSuite(suiteOf(stray), [stray], options)).rejects.toThrow(
      "check t/stray names the unknown clause C-9",
    );
  });
});

describe("the result of a check", () => {
  const resultOf = async (body: Parameters<typeof observing>[1]) => {
    const { results } = await run([observing("t/one", body)], () => reply(200));
    return results[0];
  };

  test("carries its title, its clause and what it recorded", async () => {
    const result = await resultOf(async (context) => {
      context.record("form", "an object");
      context.record("form", "a list");
    });
    expect(result).toMatchObject({ check: "t/one", title: "It is so", clause: { id: "C-1" } });
    expect(result?.records).toEqual([
      { key: "form", value: "an object" },
      { key: "form", value: "a list" },
    ]);
  });

  test("is about the last exchange unless the check says otherwise, and about none when it is skipped", async () => {
    const twice = await resultOf(async (context) => {
      await context.send(get("/a"));
      await context.send(get("/b"));
    });
    expect([twice?.exchanges.length, twice?.decisive]).toEqual([2, 1]);
    const skipped = await resultOf(async (context) => {
      await context.send(get("/a"));
      skip("not offered");
    });
    expect([skipped?.exchanges.length, skipped?.decisive]).toEqual([1, undefined]);
    const silent = await resultOf(async () => {});
    expect([silent?.exchanges.length, silent?.decisive]).toEqual([0, undefined]);
  });

  test("says how long it took by the run's clock", async () => {
    let now = 5_000_000;
    const clock = { now: () => now, sleep: async () => {} };
    const check = observing("t/slow", async () => {
      now += 1_500_000;
    });
    const { results } = await run([check], () => reply(200), { clock });
    expect(results[0]?.durationMs).toBe(1.5);
  });
});

test("a check that is left out has nothing to show but the reason", async () => {
  const dangerous = observe({ ...basics, id: "t/dangerous", dangerous: true, run: async () => {} });
  const { results } = await run([dangerous], () => reply(200));
  expect(results[0]).toStrictEqual({
    check: "t/dangerous",
    title: "It is so",
    clause: results[0]?.clause,
    verdict: { outcome: "skip", reason: "may harm a weak server; runs with --dangerous" },
    records: [],
    exchanges: [],
    level: "core",
    durationMs: 0,
  });
});

describe("what a check requires", () => {
  const requiring = (...requires: readonly string[]) =>
    observe({ ...basics, id: "t/needs", requires, run: async (context) => void (await context.send(get("/ran"))) });

  test("lets it run when all of it is there", async () => {
    const { results } = await run([requiring("model:identity_fp32", "common")], () => reply(200));
    expect(results[0]?.verdict).toEqual({ outcome: "pass" });
    expect(results[0]?.exchanges.length).toBe(1);
  });

  test("keeps it from sending anything when one of it is missing, and says which", async () => {
    const { results } = await run([requiring("common", "model:identity_nothing")], () => reply(200));
    expect(results[0]?.verdict).toEqual({
      outcome: "skip",
      reason: "the target does not serve the fixture model identity_nothing",
      feature: "the fixture model identity_nothing",
    });
    expect(results[0]?.exchanges).toEqual([]);
  });

  test("is not met by a model of that name that is no fixture", async () => {
    const info = referenceInfo();
    const models = info.models.map((model) => ({ ...model, fixture: false }));
    const { of } = await run([requiring("model:identity_fp32")], () => reply(200), { info: { ...info, models } });
    expect(of("t/needs").outcome).toBe("skip");
  });

  test("is at least one model", async () => {
    const { of } = await run([observing("t/any", async () => {})], () => reply(200), {
      info: { ...referenceInfo(), models: [] },
    });
    expect(of("t/any")).toEqual({ outcome: "skip", reason: "no model is known" });
  });
});

test("a check that is left when the run has ended sends nothing, and says why", async () => {
  const interruption = AbortSignal.abort();
  const { results, endedEarly } = await run(
    [observing("t/late", async (context) => void (await context.send(get("/late"))))],
    () => reply(200),
    { signal: interruption },
  );
  expect(endedEarly).toBe("interrupted");
  expect(results[0]?.verdict).toEqual({ outcome: "inconclusive", reason: "interrupted" });
  expect(results[0]?.exchanges).toEqual([]);
});

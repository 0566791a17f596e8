import { describe, expect, test } from "vitest";
import { type Exchange, FUZZ_KINDS, type Transport, type WireRequest } from "#kit";
import { bytesOf } from "#kit/fuzz";
import { createWorld, fixtureModels, type Handler, inProcess } from "../../../src/reference/index.ts";
import { suites } from "../../../suites/index.ts";
import { hurriedClock } from "../../laws/lab.ts";
import { handlerOf, ODD_FAULTS, type OddFault } from "./faults.ts";
import { fuzzOverSockets, fuzzWith } from "./lab.ts";

const FUZZED = suites.filter(({ suite }) => suite.fuzz).map(({ suite }) => suite.id);

function inThisProcess(...handlers: readonly Handler[]): Transport {
  const references = suites.map(({ reference }) => reference);
  return inProcess({ handlers: [...handlers, ...references], world: createWorld({ models: fixtureModels() }) });
}

describe("the clean reference", () => {
  test.each(FUZZED)("shows no fault in %s over thousands of requests", async (suite) => {
    const { findings, suites: outcomes } = await fuzzOverSockets([], { suites: [suite], requests: 1200 });
    expect(findings).toEqual([]);
    const [outcome] = outcomes;
    expect(outcome).toMatchObject({ sent: 1200, serverErrors: 0 });
    expect(outcome?.endedEarly).toBeUndefined();
    // Neither all valid nor all broken: both kinds of changes come through.
    expect(outcome?.succeeded).toBeGreaterThan(120);
    expect(outcome?.refused).toBeGreaterThan(300);
  });

  test("shows none in its legal variants", async () => {
    for (const { suite, variants, reference } of suites.filter(({ suite: { fuzz } }) => fuzz)) {
      for (const variant of variants) {
        const transport = inThisProcess(variant.apply(reference));
        const options = { suites: [suite.id], requests: 60, clock: hurriedClock };
        const { findings, suites: outcomes } = await fuzzWith(transport, options);
        expect(findings.map(({ id, actual }) => `${variant.id}: ${id}: ${actual}`)).toEqual([]);
        expect(outcomes.map(({ sent }) => sent)).toEqual([60]);
      }
    }
  });
});

describe("a fault that only odd requests reach", () => {
  test("is there for every kind", () => {
    expect(new Set(ODD_FAULTS.map(({ kind }) => kind))).toEqual(new Set(Object.keys(FUZZ_KINDS)));
  });

  test.each(ODD_FAULTS.map((fault) => [`${fault.suite} ${fault.does}`, fault] as const))(
    "is found and made small: %s",
    async (_, { suite, kind, requests, mostBytes, mostChanges, ...fault }: OddFault) => {
      const { findings } = await fuzzOverSockets(
        [handlerOf({ suite, kind, requests, mostBytes, mostChanges, ...fault })],
        {
          suites: [suite],
          requests,
        },
      );
      expect(findings.map(({ id }) => id)).toEqual([`fuzz/${suite}/${kind}`]);
      const [finding] = findings;
      expect(finding?.repeated).toBe(true);
      expect(finding?.changes.length, finding?.changes.join("; ")).toBeLessThanOrEqual(mostChanges);
      expect(bytesOf(finding?.exchange.request as WireRequest)).toBeLessThanOrEqual(mostBytes);
      expect(finding?.seen).toBeGreaterThan(0);
    },
  );

  test("is found also when the target never comes back, and ends the phase", async () => {
    const dies: Handler = async (request) =>
      request.protocol === "http" && Buffer.from(request.body).includes("null")
        ? { protocol: "http", status: 200, headers: [], body: new Uint8Array(0), fault: "die" }
        : undefined;
    const limits = { requestMs: 500, recoveryMs: 50, concurrency: 1 };
    const { findings, suites: outcomes } = await fuzzOverSockets([dies], {
      suites: ["v2-rest"],
      requests: 500,
      limits,
    });
    expect(findings.map(({ kind, repeated }) => ({ kind, repeated }))).toEqual([
      { kind: "stops-serving", repeated: false },
    ]);
    const request = findings[0]?.exchange.request;
    expect(Buffer.from((request?.protocol === "http" && request.body) || []).toString()).toContain("null");
    expect(outcomes[0]?.endedEarly).toBe("the target no longer serves");
    expect(outcomes[0]?.sent).toBeLessThan(500);
  });
});

describe("what is not judged", () => {
  test("is a connection that a server closes while it is idle", async () => {
    let count = 0;
    const inner = inThisProcess();
    const impatient: Transport = {
      ...inner,
      send: async <R extends WireRequest>(
        request: R,
        options: Parameters<Transport["send"]>[1],
      ): Promise<Exchange<R>> => {
        if (options.connection !== "pooled" || ++count % 7 > 0) return inner.send(request, options);
        return { request, events: [], failure: { code: "closed", message: "other side closed" }, durationNs: 0 };
      },
    };
    const { findings, suites: outcomes } = await fuzzWith(impatient, { suites: ["v2-rest"], requests: 70 });
    expect(findings).toEqual([]);
    expect(outcomes[0]).toMatchObject({ sent: 70, unrepeated: 10 });
  });

  test("is a target whose good request fails to begin with", async () => {
    const broken: Handler = async (request) =>
      request.path.endsWith("/infer")
        ? { protocol: "http", status: 503, headers: [], body: new Uint8Array(0) }
        : undefined;
    const { findings, suites: outcomes } = await fuzzWith(inThisProcess(broken), { suites: ["v2-rest"], requests: 10 });
    expect(findings).toEqual([]);
    expect(outcomes[0]).toMatchObject({ sent: 0, endedEarly: "the good request did not succeed: status 503" });
  });
});

describe("the requests", () => {
  /** All that a phase sends, as text. */
  async function sentBy(
    suite: string,
    options: { seed?: number; dangerous?: boolean },
    handlers: readonly Handler[] = [],
  ) {
    const inner = inThisProcess(...handlers);
    const sent: string[] = [];
    const listening: Transport = {
      ...inner,
      send: async (request, how) => {
        if (how.connection === "pooled")
          sent.push(
            JSON.stringify(request, (_, value) =>
              value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
            ),
          );
        return inner.send(request, how);
      },
    };
    await fuzzWith(listening, { suites: [suite], requests: 200, clock: hurriedClock, ...options });
    return sent;
  }

  test.each(FUZZED)(
    "of %s are the same for the same seed, whatever the target answers, and others for another",
    async (suite) => {
      const first = await sentBy(suite, { seed: 5 });
      expect(first).toHaveLength(200);
      expect(await sentBy(suite, { seed: 5 })).toEqual(first);
      const fault = ODD_FAULTS.find(
        ({ suite: own, kind }) => own === suite && kind !== "drops-connection" && kind !== "hangs",
      );
      if (fault) expect(await sentBy(suite, { seed: 5 }, [handlerOf(fault)])).toEqual(first);
      expect(await sentBy(suite, { seed: 6 })).not.toEqual(first);
    },
  );

  test("ask for little memory and shallow nesting unless they may be dangerous", async () => {
    const huge = /"shape":\[[^\]]*\d{8}|\[{1000}/;
    const texts = async (dangerous: boolean) =>
      (await sentBy("v2-rest", { dangerous })).map((each) =>
        Buffer.from((JSON.parse(each) as { body?: string }).body ?? "", "base64").toString(),
      );
    expect((await texts(false)).filter((text) => huge.test(text))).toEqual([]);
    expect((await texts(true)).filter((text) => huge.test(text)).length).toBeGreaterThan(0);
  });
});

test("a budget ends the phase between two requests", async () => {
  const limits = { requestMs: 500, recoveryMs: 50, concurrency: 1, budgetMs: 0 };
  const { suites: outcomes } = await fuzzWith(inThisProcess(), { suites: ["v2-rest"], requests: 50, limits });
  expect(outcomes).toEqual([expect.objectContaining({ sent: 0, endedEarly: "the time budget was spent" })]);
});

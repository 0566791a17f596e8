import { describe, expect, test } from "vitest";
import { type CheckResult, expect as expectation, given, runSuite, skip, type Transport } from "#kit";
import { createWorld, type Handler, inProcess } from "../../src/reference/index.ts";
import { hurriedClock } from "../laws/hurried-clock.ts";
import { referenceInfo } from "../laws/reference-info.ts";
import { basics, census, get, observe, observing, refuse, reply, run, suiteOf } from "./tiny-suite.ts";

describe("the verdict of an observation", () => {
  test("is pass, fail, inconclusive, skip or error by what it throws", async () => {
    const { of } = await run(
      [
        observing("t/pass", async () => {}),
        observing("t/fail", async (context) => expectation.status(await context.send(get("/404")), 200)),
        observing("t/given", async (context) => given.status(await context.send(get("/404")), 200)),
        observing("t/skip", async () => skip("not here")),
        observing("t/error", async () => {
          throw new TypeError("a bug");
        }),
      ],
      () => reply(404),
    );
    expect(of("t/pass")).toEqual({ outcome: "pass" });
    expect(of("t/fail")).toEqual({ outcome: "fail", expected: "status 200", actual: "status 404" });
    expect(of("t/given")).toEqual({ outcome: "inconclusive", reason: "needs status 200, got status 404" });
    expect(of("t/skip")).toEqual({ outcome: "skip", reason: "not here" });
    expect(of("t/error")).toEqual({ outcome: "error", message: "a bug" });
  });

  test("is warn with every distinct warning, and a failure outweighs them", async () => {
    const warnsTwice: Parameters<typeof observe>[0]["run"] = async (context) => {
      context.warn("one");
      context.warn("two");
      context.warn("one");
    };
    const { of } = await run(
      [
        observing("t/warns", warnsTwice),
        observing("t/fails", async (context) => {
          await warnsTwice(context);
          expectation.equal(1, 2);
        }),
      ],
      () => reply(200),
    );
    expect(of("t/warns")).toEqual({ outcome: "warn", warnings: ["one", "two"] });
    expect(of("t/fails").outcome).toBe("fail");
  });

  test("is skip for a missing feature or fixture, and error for an unknown feature", async () => {
    const { of } = await run(
      [
        observe({ ...basics, id: "t/rare", requires: ["rare"], run: async () => {} }),
        observe({ ...basics, id: "t/model", requires: ["model:nothing"], run: async () => {} }),
        observe({ ...basics, id: "t/typo", requires: ["rrare"], run: async () => {} }),
      ],
      () => reply(200),
    );
    expect(of("t/rare")).toEqual({ outcome: "skip", reason: "it is rare", feature: "rare" });
    expect(of("t/model").outcome).toBe("skip");
    expect(of("t/typo")).toEqual({ outcome: "error", message: "unknown feature rrare" });
  });

  test("is error when a request breaks the protocol without being marked invalid", async () => {
    const { of } = await run([observing("t/own", async (context) => void (await context.send(get("/broken"))))], () =>
      reply(200),
    );
    expect(of("t/own").outcome).toBe("error");
  });

  test("is inconclusive when the target keeps answering 429", async () => {
    const { of } = await run(
      [observing("t/busy", async (context) => expectation.status(await context.send(get("/x")), 200))],
      () => reply(429),
    );
    expect(of("t/busy")).toEqual({
      outcome: "inconclusive",
      reason: "the target kept answering 429 Too Many Requests",
    });
  });

  test("is that of the answer after a 429 that passes", async () => {
    const { of } = await run(
      [observing("t/busy", async (context) => expectation.status(await context.send(get("/x")), 200))],
      (_, count) => reply(count === 1 ? 429 : 200),
    );
    expect(of("t/busy")).toEqual({ outcome: "pass" });
  });
});

const refusing = (accept: Parameters<typeof refuse>[0]["accept"]) =>
  refuse({
    ...basics,
    id: "t/refuse",
    control: () => get("/good"),
    defects: [{ name: "bad", request: () => get("/bad") }],
    accept,
  });
const accepts400 = refusing((answer) => expectation.status(answer, 400));
const aftermath = census({
  ...basics,
  id: "t/aftermath",
  prompt: async () => {},
  over: ({ aftermaths }) => aftermaths.map((each) => ({ check: each.check, exchange: each.followUp, aftermath: each })),
  judge: ({ aftermath: each }) => expectation.that(each.recovered, "an answer", "none"),
});

describe("a census", () => {
  test("shows an answer for each kind of warning, the first as the decisive one", async () => {
    const visits = observing("t/visits", async (context) => {
      for (const path of ["/good", "/odd", "/odd", "/strange"]) await context.send(get(path));
    });
    const paths = census({
      ...basics,
      id: "t/paths",
      prompt: async () => {},
      over: ({ observed }) => [...observed],
      judge({ exchange: { request } }, context) {
        const path = request.protocol === "http" ? request.path : "";
        if (path !== "/good") context.warn(`${path} is visited`);
      },
    });
    const { results } = await run([visits, paths], () => reply(200));
    const warned = results.find(({ check }) => check === "t/paths");
    expect(warned?.verdict).toEqual({ outcome: "warn", warnings: ["/odd is visited", "/strange is visited"] });
    expect(warned?.exchanges.map(({ request }) => request.path)).toEqual(["/odd", "/strange"]);
    expect(warned?.decisive).toBe(0);
  });
});

describe("a refusal", () => {
  test("passes when the control succeeds, the defect is refused and the server serves on", async () => {
    const { of } = await run([accepts400, aftermath], (path) => reply(path === "/bad" ? 400 : 200));
    expect([of("t/refuse").outcome, of("t/aftermath").outcome]).toEqual(["pass", "pass"]);
  });

  test("is inconclusive when the control fails", async () => {
    const { of } = await run([accepts400], () => reply(400));
    expect(of("t/refuse")).toEqual({ outcome: "inconclusive", reason: "the good request did not succeed: status 400" });
  });

  test("fails on a dropped connection whatever `accept` says", async () => {
    const { of } = await run([refusing(() => {})], (path) => reply(200, path === "/bad" ? { fault: "drop" } : {}));
    expect(of("t/refuse").outcome).toBe("fail");
  });

  test("decides nothing when the server stops serving after it, and the aftermath fails", async () => {
    let broken = false;
    const { of } = await run([accepts400, aftermath], (path) => {
      if (path === "/bad") broken = true;
      return reply(path === "/bad" ? 400 : broken ? 500 : 200);
    });
    expect(of("t/refuse").outcome).toBe("inconclusive");
    expect(of("t/aftermath").outcome).toBe("fail");
  });
});

describe("a run", () => {
  const many = Array.from({ length: 12 }, (_, i) =>
    observing(`t/check-${i}`, async (context) => expectation.status(await context.send(get(`/check-${i}`)), 200)),
  );

  test("blames a target that dies on the check that saw it, and ends", async () => {
    let died = false;
    const { results, endedEarly } = await run(
      many,
      (path) => {
        if (path === "/check-5") died = true;
        return reply(200, died ? { fault: "drop" } : {});
      },
      { limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 } },
    );
    const failed = results.filter(({ verdict }) => verdict.outcome === "fail");
    expect(failed.map(({ check }) => check)).toEqual(["t/check-5"]);
    expect(endedEarly).toBe("the target no longer answers");
    expect(results.every(({ verdict }) => ["pass", "fail", "inconclusive"].includes(verdict.outcome))).toBe(true);
    expect(results.length).toBe(many.length);
  });

  test("goes on after a crash from which the target comes back", async () => {
    const { of, endedEarly } = await run(many, (path) => reply(200, path === "/check-5" ? { fault: "drop" } : {}), {
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 },
    });
    expect(endedEarly).toBeUndefined();
    expect(of("t/check-5").outcome).toBe("fail");
    expect(of("t/check-6").outcome).toBe("pass");
  });

  test("ends after five time-outs in a row with the rest inconclusive", async () => {
    const { results, endedEarly } = await run(many, () => reply(200, { fault: "hang" }), {
      limits: { requestMs: 10, recoveryMs: 0, concurrency: 1 },
    });
    expect(endedEarly).toContain("timed out");
    expect(results.filter(({ verdict }) => verdict.outcome === "fail").length).toBe(5);
    expect(results.filter(({ verdict }) => verdict.outcome === "inconclusive").length).toBe(7);
  });

  test("that is interrupted leaves the rest inconclusive", async () => {
    const controller = new AbortController();
    const { results, endedEarly } = await run(many, () => reply(200), {
      signal: controller.signal,
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 },
      onResult: () => controller.abort(),
    });
    expect(endedEarly).toBe("interrupted");
    expect(results.filter(({ verdict }) => verdict.outcome === "pass").length).toBe(1);
  });

  test("without budget left sends nothing", async () => {
    const { results, endedEarly } = await run(many, () => reply(200), {
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1, budgetMs: 0 },
    });
    expect(endedEarly).toBe("the time budget was spent");
    expect(results.some(({ verdict }) => verdict.outcome === "inconclusive")).toBe(true);
  });

  test("that is safe leaves negative checks out and sends one request at a time", async () => {
    let inFlight = 0;
    let most = 0;
    const slow: Handler = async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return reply(200);
    };
    const { results } = await runSuite(suiteOf(...many, accepts400), [...many, accepts400], {
      transport: inProcess({ handlers: [slow], world: createWorld({ models: new Map() }) }),
      info: referenceInfo(),
      seed: 1,
      clock: hurriedClock,
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 8 },
      safe: true,
    });
    expect(most).toBe(1);
    expect(results.find(({ check }) => check === "t/refuse")?.verdict.outcome).toBe("skip");
  });

  test("blames nobody for the exchange that an interruption ends", async () => {
    const interruption = new AbortController();
    const asked = observing("t/asked", async (context) => expectation.status(await context.send(get("/slow")), 200));
    const seen = census({
      ...basics,
      id: "t/seen",
      prompt: async () => {},
      over: ({ observed }) => observed.map(({ check, exchange }) => ({ check, exchange })),
      judge: ({ exchange }) => expectation.answered(exchange),
    });
    const untilInterrupted: Transport = {
      send: async (request) => {
        interruption.abort(new Error("interrupted"));
        return { request, events: [], failure: { code: "closed", message: "cancelled: interrupted" }, durationNs: 0 };
      },
      close: async () => {},
    };
    const { of, endedEarly } = await run([asked, seen], () => reply(200), {
      signal: interruption.signal,
      transport: untilInterrupted,
    });
    expect(endedEarly).toBe("interrupted");
    expect(of("t/asked")).toEqual({ outcome: "inconclusive", reason: "interrupted" });
    expect(of("t/seen").outcome).toBe("inconclusive");
  });

  test("ends when the answers come to more than may be kept", async () => {
    const { results, endedEarly } = await run(many, () => reply(200, { body: new Uint8Array(100) }), {
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1, answersBytes: 550 },
    });
    expect(endedEarly).toBe("the answers came to more than 550 bytes");
    expect(results.filter(({ verdict }) => verdict.outcome === "pass").length).toBe(6);
    expect(results.filter(({ verdict }) => verdict.outcome === "inconclusive").length).toBe(6);
  });

  test("that is safe leaves heavy checks out and says why", async () => {
    const heavy = (["large", "many-at-once"] as const).map((burden) =>
      observe({ ...basics, id: `t/${burden}`, heavy: burden, run: async () => {} }),
    );
    const { of } = await run(heavy, () => reply(200), { safe: true });
    expect(of("t/large")).toMatchObject({ outcome: "skip", reason: expect.stringContaining("more than 1 MB") });
    expect(of("t/many-at-once")).toMatchObject({ outcome: "skip", reason: expect.stringContaining("at once") });
  });

  test("reports results in the suite's order whatever the order of running", async () => {
    const { results } = await run(many, () => reply(200), { seed: 99 });
    expect(results.map(({ check }) => check)).toEqual(many.map(({ id }) => id));
  });
});

describe("requests sent at once", () => {
  const paths = ["/a", "/b", "/c"];

  async function sendAll(handler: Handler, body: Parameters<typeof observe>[0]["run"]): Promise<CheckResult> {
    const check = observing("t/many", body);
    const { results } = await runSuite(suiteOf(check), [check], {
      transport: inProcess({ handlers: [handler], world: createWorld({ models: new Map() }) }),
      info: referenceInfo(),
      seed: 1,
      clock: hurriedClock,
      limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 },
    });
    return results[0] as CheckResult;
  }

  test("are in flight together, and their answers come in the order of the requests", async () => {
    let inFlight = 0;
    let release = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { verdict } = await sendAll(
      async ({ path }) => {
        if (path === "/alone") return reply(200);
        inFlight += 1;
        if (inFlight === paths.length) release();
        await all;
        return reply(200 + paths.indexOf(path));
      },
      async (context) => {
        const alone = await context.send(get("/alone"));
        const exchanges = await context.sendAtOnce(paths.map(get), alone);
        expectation.equal(exchanges.map(({ head }) => head?.status).join(), "200,201,202");
      },
    );
    expect(verdict).toEqual({ outcome: "pass" });
  });

  test("leave the check undecided when one of them cannot be answered, after all of them ended", async () => {
    const { verdict, exchanges } = await sendAll(
      async ({ path }) => reply(path === "/b" ? 429 : 200),
      async (context) => {
        await context.sendAtOnce(paths.map(get), await context.send(get("/alone")));
      },
    );
    expect(verdict).toMatchObject({ outcome: "inconclusive" });
    expect(exchanges.filter(({ head }) => head?.status === 200).length).toBe(paths.length);
  });

  test("show the exchange that the check is about", async () => {
    const { decisive, exchanges } = await sendAll(
      async ({ path }) => reply(path === "/b" ? 500 : 200),
      async (context) => {
        for (const exchange of await context.sendAtOnce(paths.map(get), await context.send(get("/alone")))) {
          context.point(exchange);
          expectation.status(exchange, 200);
        }
      },
    );
    expect(exchanges[decisive ?? -1]?.head?.status).toBe(500);
  });
});

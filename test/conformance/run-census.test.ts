import { describe, expect, test } from "vitest";
import { type CensusCheck, type CensusItem, expect as expectation, given } from "#kit";
import { basics, census, get, observing, reply, run } from "./tiny-suite.ts";

const asking = (path: string) =>
  observing(`t${path}`, async (context) => {
    await context.send(get(path));
  });

const fine = (item: CensusItem) => expectation.that(item.exchange.head?.status === 200, "status 200", "another", "/s");

function counting(
  judge: CensusCheck["judge"] = fine,
  prompt: CensusCheck["prompt"] = async () => {},
  over: CensusCheck["over"] = ({ observed }) => observed,
): CensusCheck {
  return census({ ...basics, id: "t/census", prompt, over, judge });
}

describe("a census", () => {
  test("passes when nothing that was seen breaks its statement, and sends nothing of its own", async () => {
    const prompt = async () => expect.unreachable("there was evidence");
    const { results, of } = await run([asking("/a"), counting(fine, prompt)], () => reply(200));
    expect(of("t/census")).toEqual({ outcome: "pass" });
    expect(results.find(({ check }) => check === "t/census")?.exchanges).toEqual([]);
  });

  test("asks for evidence when there is none", async () => {
    const { results, of } = await run([counting(fine, async (context) => void (await context.send(get("/own"))))], () =>
      reply(404),
    );
    expect(of("t/census")).toEqual({
      outcome: "fail",
      expected: "status 200",
      actual: "another (1 of 1 answers)",
      at: "/s",
    });
    expect(results[0]?.exchanges.length).toBe(1);
  });

  test("comes to no verdict without evidence", async () => {
    const { of } = await run([counting()], () => reply(200));
    expect(of("t/census")).toEqual({ outcome: "inconclusive", reason: "no answer was seen that this is about" });
  });

  test("reports each distinct violation once, with how many answers share it, and shows one of each", async () => {
    const bySort = (item: CensusItem) =>
      expectation.that(item.exchange.head?.status === 200, "status 200", `status ${item.exchange.head?.status}`);
    const checks = ["/ok", "/x1", "/x2", "/y"].map(asking);
    const { results, of } = await run(
      [...checks, counting(bySort)],
      (path) => reply(path.startsWith("/x") ? 500 : path === "/y" ? 404 : 200),
      { limits: { requestMs: 100, recoveryMs: 0, concurrency: 1 } },
    );
    const verdict = of("t/census");
    expect(verdict).toMatchObject({ outcome: "fail", expected: "status 200" });
    const said = verdict.outcome === "fail" ? verdict.actual.split("; ").toSorted() : [];
    expect(said).toEqual(["status 404 (1 of 4 answers)", "status 500 (2 of 4 answers)"]);
    const result = results.find(({ check }) => check === "t/census");
    expect(result?.exchanges.map(({ head }) => head?.status).toSorted()).toEqual([404, 500]);
    const first = verdict.outcome === "fail" && verdict.actual.startsWith("status 404") ? 404 : 500;
    expect(result?.exchanges[result.decisive ?? -1]?.head?.status).toBe(first);
  });

  test("shows an exchange once, though it breaks the statement in two ways", async () => {
    let times = 0;
    const twice = (item: CensusItem) => {
      times += 1;
      expectation.that(false, "nothing", `way ${times}, ${item.check}`);
    };
    const { results, of } = await run(
      [asking("/a"), counting(twice, undefined, ({ observed }) => [...observed, ...observed])],
      () => reply(200),
    );
    expect(of("t/census")).toMatchObject({ actual: "way 1, t/a (1 of 2 answers); way 2, t/a (1 of 2 answers)" });
    expect(results.find(({ check }) => check === "t/census")?.exchanges.length).toBe(1);
  });

  test("comes to no verdict when a judge presupposes what is not so", async () => {
    const presumes = (item: CensusItem) => given.status(item.exchange, 200);
    const { of } = await run([asking("/a"), counting(presumes)], () => reply(404));
    expect(of("t/census")).toEqual({ outcome: "inconclusive", reason: "needs status 200, got status 404" });
  });

  test("sees which requests were invalid", async () => {
    const bad = observing("t/bad", async (context) => void (await context.send(get("/bad"), { invalid: true })));
    const onlyInvalid = counting(fine, undefined, ({ observed }) => observed.filter(({ invalid }) => invalid));
    const { of } = await run([asking("/good"), bad, onlyInvalid], () => reply(400));
    expect(of("t/census")).toMatchObject({ actual: "another (1 of 1 answers)" });
  });
});

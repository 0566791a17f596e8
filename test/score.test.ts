import { describe, expect, test } from "vitest";
import { accountOf, catalogue, percent, scoreOf, totalOf } from "../suites/score.ts";
import { observe } from "../suites/v2-rest/clauses.ts";
import { v2Rest } from "../suites/v2-rest/index.ts";

const check = (kills: readonly string[]) =>
  observe({ id: "v2-rest/x", title: "X", clause: "V2REST-GEN-01", kills, run: async () => {} });
const clause = { id: "V2REST-GEN-01" };

describe("a clause is accounted for", () => {
  test.each([
    ["checked", [check([]), check(["a"])], undefined],
    ["record only", [check([])], undefined],
    ["not observable", [], "nobody sees it"],
    [undefined, [], undefined],
  ] as const)("%s", (account, checks, notObservable) => {
    expect(accountOf({ ...clause, ...(notObservable && { notObservable }) }, checks)).toBe(account);
  });
});

describe("the score", () => {
  const listed = catalogue()["v2-rest"] ?? {};
  const { suite } = v2Rest;

  test("counts the clauses of the catalogue, not of the registry", () => {
    const { "V2REST-GEN-01": taken, ...others } = suite.clauses;
    expect(taken).toBeDefined();
    const full = scoreOf(v2Rest, listed);
    const less = scoreOf({ ...v2Rest, suite: { ...suite, clauses: others } }, listed);
    expect(less.clauses).toBe(full.clauses);
    expect(less.accountedFor).toBe(full.accountedFor - 1);
    expect(less.checked).toBe(full.checked - 1);
  });

  test("takes a clause without a fault for observed, not for checked", () => {
    const blunt = suite.checks.map((each) => (each.clause === "V2REST-GEN-01" ? { ...each, kills: [] } : each));
    const full = scoreOf(v2Rest, listed);
    const less = scoreOf({ ...v2Rest, suite: { ...suite, checks: blunt } }, listed);
    expect(less).toEqual({ ...full, checked: full.checked - 1 });
  });

  test("of several suites is their sum", () => {
    const one = scoreOf(v2Rest, listed);
    expect(totalOf([one, one]).faults).toBe(2 * one.faults);
    expect(totalOf([one, one]).clauses).toBe(2 * one.clauses);
  });

  test("is rounded down, so that 100 % is said of everything alone", () => {
    expect(percent(296, 297)).toBe("99 %");
    expect(percent(297, 297)).toBe("100 %");
    expect(percent(0, 0)).toBe("–");
  });
});

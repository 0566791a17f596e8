import { afterAll, describe, expect, test } from "vitest";
import { killOf } from "#kit";
import { scoreText } from "../../bin/suite-readme.ts";
import { suites } from "../../suites/index.ts";
import { accountOf, catalogue, scoreOf, totalOf } from "../../suites/score.ts";
import { checksFor, runInLab, verdicts } from "./lab.ts";

const SEEDS = [1, 2, 3, 4, 5];
const LISTED = catalogue();

afterAll(() => console.log(scoreText(suites)));

test("law 3: the catalogue lists the clauses of every suite, and of no other", () => {
  expect(Object.keys(LISTED).toSorted()).toEqual(suites.map(({ suite }) => suite.id).toSorted());
});

test("law 3: checks judge at least nine in ten of the clauses that can be observed", () => {
  const { clauses, accountedFor, observable, checked } = totalOf(
    suites.map((entry) => scoreOf(entry, LISTED[entry.suite.id])),
  );
  expect(accountedFor).toBe(clauses);
  expect(checked / observable).toBeGreaterThanOrEqual(0.9);
});

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("%s", (id, entry) => {
  const { suite, mutants, variants, reference } = entry;
  const kills = suite.checks.flatMap((check) => check.kills.map((kill) => ({ check: check.id, ...killOf(kill) })));

  test.each(SEEDS)("law 1: the reference passes every check (seed %i)", async (seed) => {
    // The large checks take their time: once is enough.
    const checks = suite.checks.filter(({ heavy }) => heavy !== "large" || seed === SEEDS[0]);
    const { results } = await runInLab(entry, [reference], { seed, checks });
    expect(
      results.filter(({ verdict }) => verdict.outcome !== "pass").map(({ check, verdict }) => ({ check, verdict })),
    ).toEqual([]);
    expect(results.length).toBe(checks.length);
  });

  test.each(mutants.filter((mutant) => !mutant.sockets).map((mutant) => [mutant.id, mutant] as const))(
    "law 2: %s is found by exactly the checks that name it",
    async (mutantId, mutant) => {
      const found = await verdicts(entry, mutant.apply(reference), { checks: checksFor(entry, mutant) });
      const actual = [...found]
        .filter(([, { outcome }]) => outcome === "fail" || outcome === "warn")
        .map(([check, { outcome }]) => `${check} ${outcome}s`);
      const errors = [...found].filter(([, { outcome }]) => outcome === "error" || outcome === "skip");
      const declared = kills.filter((kill) => kill.mutant === mutantId).map(({ check, as }) => `${check} ${as}s`);
      expect(errors).toEqual([]);
      expect(actual.toSorted()).toEqual(declared.toSorted());
    },
  );

  test("law 3: every check names a fault or only records, and every fault is named", () => {
    const known = new Set(mutants.map((mutant) => mutant.id));
    expect(
      kills.filter((kill) => !known.has(kill.mutant)).map(({ check, mutant }) => `${check} names ${mutant}`),
    ).toEqual([]);
    expect(
      mutants.filter((mutant) => !kills.some((kill) => kill.mutant === mutant.id)).map((mutant) => mutant.id),
    ).toEqual([]);
    expect(new Set(mutants.map((mutant) => mutant.id)).size).toBe(mutants.length);
  });

  test("law 3: every clause of the catalogue is in the registry, and no other", () => {
    const levels = Object.values(suite.clauses).map((clause) => [clause.id, clause.level]);
    expect(Object.fromEntries(levels)).toEqual(LISTED[id]);
  });

  test("law 3: every clause is checked, recorded, or says why it cannot be observed", () => {
    const clauses = Object.values(suite.clauses);
    expect(clauses.filter((each) => accountOf(each, suite.checks) === undefined).map((each) => each.id)).toEqual([]);
    // A clause that is checked after all must not go on saying that it cannot be.
    expect(
      clauses
        .filter((each) => each.notObservable !== undefined && accountOf(each, suite.checks) !== "not observable")
        .map((each) => each.id),
    ).toEqual([]);
  });

  test("check ids are unique, belong to the suite and are not retired", () => {
    const ids = suite.checks.map((check) => check.id);
    expect(ids.filter((checkId) => !checkId.startsWith(`${id}/`))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((checkId) => checkId in suite.retired)).toEqual([]);
  });

  test.each(variants.map((variant) => [variant.id, variant] as const))(
    "law 4: no check fails on the legal variant %s, or leaves it undecided",
    async (_, variant) => {
      const found = await verdicts(entry, variant.apply(reference), { checks: checksFor(entry, variant) });
      expect([...found].filter(([, { outcome }]) => !["pass", "warn", "skip"].includes(outcome))).toEqual([]);
    },
  );
});

import { describe, expect, test } from "vitest";
import { type CheckResult, judgeProfile, type Profile, type SuiteResult, type Verdict } from "#kit";

const PROFILE: Profile = { id: "p", title: "P", suites: ["s"], levels: ["core", "extended"] };
const clause = {
  id: "C-1",
  level: "must",
  basis: "declared",
  says: "It is so.",
  source: { document: "d", section: "s" },
} as const;

type Own = Partial<CheckResult> & { readonly verdict: Verdict };

function suiteOf(...checks: readonly Own[]): SuiteResult {
  const results = checks.map((own, index) => ({
    check: `s/${index}`,
    title: "t",
    clause,
    records: [],
    exchanges: [],
    durationMs: 0,
    ...own,
  }));
  return { suite: "s", title: "s", specifications: [], claimed: true, evidence: "", checks: results };
}

const pass: Own = { verdict: { outcome: "pass" } };
const fail: Own = { verdict: { outcome: "fail", expected: "a", actual: "b" } };
const skip = (feature: string): Own => ({ verdict: { outcome: "skip", reason: "no", feature }, level: "extended" });
const judge = (suite: SuiteResult, profile = PROFILE) => judgeProfile(profile, [suite]);
const statuses = (suite: SuiteResult, profile = PROFILE) => {
  const { status, levels } = judge(suite, profile);
  return [status, ...(levels ?? []).map((each) => `${each.level} ${each.status}`)];
};

describe("a profile", () => {
  test("is earned at both levels when all checks pass", () => {
    expect(statuses(suiteOf(pass, { ...pass, level: "extended" }))).toEqual([
      "earned",
      "core earned",
      "extended earned",
    ]);
  });

  test("is partial without fixture models, with what is missing by feature, and its core is earned", () => {
    const suite = suiteOf(pass, skip("the model a"), skip("the model b"), skip("the model a"));
    expect(statuses(suite)).toEqual(["partial", "core earned", "extended partial"]);
    expect(judge(suite).levels?.map(({ skipped }) => skipped)).toEqual([
      [],
      [
        { feature: "the model a", checks: 2 },
        { feature: "the model b", checks: 1 },
      ],
    ]);
  });

  test("keeps its core when only a check on a fixture model fails, and loses both when another does", () => {
    expect(statuses(suiteOf(pass, { ...fail, level: "extended" }))).toEqual([
      "not-earned",
      "core earned",
      "extended not-earned",
    ]);
    expect(statuses(suiteOf(fail, { ...pass, level: "extended" }))).toEqual([
      "not-earned",
      "core not-earned",
      "extended not-earned",
    ]);
  });

  test("of which the core alone was asked for is partial at best", () => {
    const core: Profile = { ...PROFILE, levels: ["core"] };
    expect(statuses(suiteOf(pass), core)).toEqual(["partial", "core earned"]);
    expect(statuses(suiteOf(fail), core)).toEqual(["not-earned", "core not-earned"]);
  });

  test("is not earned by what is not graded", () => {
    expect(statuses(suiteOf(pass, { ...pass, ungraded: true }))).toEqual([
      "partial",
      "core partial",
      "extended partial",
    ]);
    expect(statuses(suiteOf(pass, { ...fail, ungraded: true }))).toEqual([
      "partial",
      "core partial",
      "extended partial",
    ]);
  });
});

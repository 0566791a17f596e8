import { describe, expect, test } from "vitest";
import type { CheckResult, Clause, Profile, SuiteResult, Verdict } from "#kit";
import { judgeProfile } from "../../src/conformance/profile.ts";

const clause: Clause = { id: "C", level: "must", basis: "keyword", says: "", source: { document: "", section: "" } };
const profile: Profile = { id: "both", title: "Both of them", suites: ["a", "b"], levels: ["core", "extended"] };

const VERDICTS = {
  pass: { outcome: "pass" },
  warn: { outcome: "warn", warnings: ["hm"] },
  fail: { outcome: "fail", expected: "x", actual: "y" },
  skip: { outcome: "skip", reason: "not offered" },
  inconclusive: { outcome: "inconclusive", reason: "no evidence" },
  error: { outcome: "error", message: "a bug" },
} as const satisfies Record<string, Verdict>;

/** A suite's result whose checks are called `<suite>/<outcome>`. */
function suite(id: string, outcomes: readonly (keyof typeof VERDICTS)[], claimed = true): SuiteResult {
  const checks = outcomes.map((outcome): CheckResult => {
    const verdict = VERDICTS[outcome];
    return { check: `${id}/${outcome}`, title: "", clause, verdict, records: [], exchanges: [], durationMs: 0 };
  });
  return { suite: id, title: id, specifications: [], claimed, evidence: "", checks };
}

const standing = (...suites: readonly SuiteResult[]) => {
  const { profile: id, title, status, because } = judgeProfile(profile, suites);
  expect([id, title]).toEqual(["both", "Both of them"]);
  return [status, because];
};

describe("a profile", () => {
  test("is earned when every check of all its suites passes", () => {
    expect(standing(suite("a", ["pass"]), suite("b", ["pass", "pass"]))).toEqual(["earned", []]);
  });

  test("is earned with warnings, which are named", () => {
    expect(standing(suite("a", ["pass", "warn"]), suite("b", ["warn"]))).toEqual(["earned", ["a/warn", "b/warn"]]);
  });

  test("is partial when a check is skipped", () => {
    expect(standing(suite("a", ["pass", "warn", "skip"]), suite("b", ["pass"]))).toEqual(["partial", ["a/skip"]]);
  });

  test.each(["inconclusive", "error"] as const)("is undecided when a check is %s, whatever is skipped", (outcome) => {
    expect(standing(suite("a", ["pass", "skip"]), suite("b", [outcome]))).toEqual(["undecided", [`b/${outcome}`]]);
  });

  test("is not earned when one check fails, whatever is undecided", () => {
    expect(standing(suite("a", ["inconclusive", "error", "skip", "fail"]), suite("b", ["pass"]))).toEqual([
      "not-earned",
      ["a/fail"],
    ]);
  });

  test("is not claimed when one of its suites is not, though another fails", () => {
    expect(standing(suite("a", ["fail"]), suite("b", [], false))).toEqual(["not-claimed", []]);
  });

  test("is not claimed when one of its suites did not run", () => {
    expect(standing(suite("a", ["pass"]))).toEqual(["not-claimed", []]);
  });

  test("may be of one suite alone", () => {
    expect(judgeProfile({ ...profile, suites: ["a"] }, [suite("a", ["pass"])]).status).toBe("earned");
  });

  test("does not care for other suites", () => {
    expect(standing(suite("a", ["pass"]), suite("b", ["pass"]), suite("c", ["fail"]))).toEqual(["earned", []]);
  });
});

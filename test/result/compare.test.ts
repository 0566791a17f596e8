import { describe, expect, test } from "vitest";
import { renderComparison, renderComparisonMarkdown } from "../../src/report/index.ts";
import { compareDocuments } from "../../src/result/compare/index.ts";
import { assemble, type Check, type ResultDocument } from "../../src/result/index.ts";
import { hostileDocument } from "../report/hostile-document.ts";
import { observations, options } from "./sample-run.ts";

const { load: _load, ...before } = assemble(observations, options);
const { registry } = observations;

/** A copy of the sample run with some of its checks replaced, and some left out. */
function after(
  changes: Readonly<Record<string, Partial<Check> | undefined>>,
  own: (document: ResultDocument) => void = () => {},
): ResultDocument {
  const document = structuredClone(before);
  for (const suite of document.conformance?.suites ?? [])
    suite.checks = suite.checks.flatMap((check) =>
      check.id in changes ? (changes[check.id] === undefined ? [] : [{ ...check, ...changes[check.id] }]) : [check],
    );
  own(document);
  return document;
}

const compare = (document: ResultDocument, first = before) => compareDocuments(first, document, registry);
const text = (document: ResultDocument, first = before) => renderComparison(compare(document, first), { color: false });
const fails = { outcome: "fail", expected: "this", actual: "that" } as const;
const passes = { outcome: "pass" } as const;

describe("a comparison", () => {
  test("of a document with itself shows nothing", () => {
    expect(text(before)).toBe("Nothing got worse\n");
    expect(compare(before).worse).toEqual([]);
  });

  test("tells new failures, what else is worse, what is fixed and other changes apart", () => {
    const changed = after({
      "v2-rest/metadata-0": fails,
      "v2-rest/metadata-1": { outcome: "warn", warnings: ["odd"] },
      "v2-rest/metadata-2": { outcome: "inconclusive", reason: "it was busy" },
      "v2-rest/infer-echoes-id": passes,
      "v2-rest/infer-fp16": passes,
    });
    const { conformance, worse } = compare(changed);
    const told = (which: readonly { check: string; before: string; after: string }[] = []) =>
      which.map((change) => `${change.check} ${change.before} ${change.after}`);
    expect(told(conformance?.newFailures)).toEqual(["v2-rest/metadata-0 pass fail"]);
    expect(told(conformance?.worsened)).toEqual([
      "v2-rest/metadata-1 pass warn",
      "v2-rest/metadata-2 pass inconclusive",
    ]);
    expect(told(conformance?.fixed)).toEqual(["v2-rest/infer-echoes-id fail pass"]);
    expect(told(conformance?.otherChanges)).toEqual(["v2-rest/infer-fp16 skip pass"]);
    expect(worse.length).toBe(3);
    const shown = text(changed);
    expect(shown).toContain("1 new failure\n  v2-rest/metadata-0  pass → fail: expected this, got that\n");
    expect(shown).toContain("1 fixed\n  v2-rest/infer-echoes-id  fail → pass\n");
    expect(shown.trimEnd()).toMatch(/Worse in 3 ways$/);
  });

  test("of what only got better is not worse", () => {
    expect(compare(after({ "v2-rest/infer-echoes-id": passes })).worse).toEqual([]);
  });

  test("tells what a newer version added, and how much of it fails, without calling the target worse", () => {
    const older = after({ "v2-rest/metadata-0": undefined, "v2-rest/metadata-1": undefined }, (document) => {
      document.tool.version = "0.0.9";
    });
    const newer = after({ "v2-rest/metadata-0": fails });
    const { conformance, worse } = compare(newer, older);
    expect(conformance?.byUpgrade).toBe(true);
    expect(worse).toEqual([]);
    const shown = text(newer, older);
    expect(shown).toContain("tool version: 0.0.9 → 0.1.0");
    expect(shown).toContain(
      "New in this version: 2 checks, you fail 1\n  v2-rest/metadata-0  fail: expected this, got that\n",
    );
  });

  test("names the successor of a check that was retired", () => {
    const older = after({}, (document) => {
      document.tool.version = "0.0.9";
      const [first] = document.conformance?.suites ?? [];
      first?.checks.push({ ...(first.checks[0] as Check), id: "v2-rest/old-name" });
    });
    expect(text(before, older)).toMatch(
      /No longer in this version: 1 check\n {2}v2-rest\/old-name .*see v2-rest\/infer-echoes-id/,
    );
  });

  test("is worse where a profile or a binding was lost", () => {
    const better = after({}, (document) => {
      for (const profile of document.conformance?.profiles ?? [])
        for (const level of profile.levels ?? []) level.status = "earned";
    });
    expect(compare(before, better).worse).toEqual([
      "profile oip-rest (core) went from earned to undecided",
      "profile oip-rest (extended) went from earned to not-earned",
    ]);
    const without = after({}, (document) => {
      for (const suite of document.conformance?.suites ?? []) if (suite.id === "v2-grpc") suite.claimed = false;
    });
    expect(compare(without).worse).toEqual(["v2-grpc is no longer offered"]);
  });

  test("does not call worse what was not run, and counts nothing that is not graded", () => {
    const fewer = after({}, (document) => {
      if (document.conformance)
        document.conformance.suites = document.conformance.suites.filter(({ id }) => id !== "v2-grpc");
    });
    expect(compare(fewer).worse).toEqual([]);
    expect(text(fewer)).toContain("v2-grpc  was not run in the second");
    const ungraded = after({ "v2-rest/metadata-0": { ...fails, ungraded: true } });
    expect(compare(ungraded).worse).toEqual([]);
    expect(text(ungraded)).toContain("v2-rest/metadata-0  pass → not graded");
  });

  test("is refused for documents without a check in common", () => {
    const { conformance: _conformance, ...loadOnly } = before;
    expect(() => compare(loadOnly)).toThrow("no check ran in both, and no load was measured with equal settings");
  });

  test("lets no peer steer the terminal or write markup", () => {
    const hostile = hostileDocument();
    for (const suite of hostile.conformance?.suites ?? [])
      for (const [index, check] of suite.checks.entries()) check.id += index;
    const better = structuredClone(hostile);
    for (const suite of better.conformance?.suites ?? []) for (const check of suite.checks) check.outcome = "pass";
    const comparison = compareDocuments(better, hostile);
    expect(comparison.conformance?.newFailures.length).toBeGreaterThan(0);
    expect(renderComparison(comparison, { color: false }).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    for (const line of renderComparisonMarkdown(comparison).split("\n")) expect(line).not.toMatch(/<|@someone|^::/);
  });
});

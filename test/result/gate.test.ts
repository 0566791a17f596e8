import { describe, expect, test } from "vitest";
import type { Verdict } from "../../src/conformance/outcome.ts";
import type { ProfileResult } from "../../src/conformance/result.ts";
import { assemble, type GateOptions, gate, parseThreshold, type ResultDocument } from "../../src/result/index.ts";
import { check, clause, loadPoint, observations, options } from "./sample-run.ts";

const verdicts = {
  pass: { outcome: "pass" },
  warn: { outcome: "warn", warnings: ["hm"] },
  fail: { outcome: "fail", expected: "a", actual: "b" },
  skip: { outcome: "skip", reason: "not offered" },
  inconclusive: { outcome: "inconclusive", reason: "no evidence" },
  error: { outcome: "error", message: "broke" },
} as const satisfies Record<string, Verdict>;

type Name = keyof typeof verdicts;

/** A document whose checks have these outcomes; `should:` marks a recommendation. The ids are the positions. */
function documentOf(
  names: readonly (Name | `should:${Name}`)[] | undefined,
  more: Partial<ResultDocument> = {},
  profiles: readonly ProfileResult[] = [],
): ResultDocument {
  const { load: _load, conformance: _conformance, ...rest } = observations;
  const checks = names?.map((name, index) => {
    const level = name.startsWith("should:") ? "should" : "must";
    return check(`s/${index}`, "T", verdicts[name.replace("should:", "") as Name], {
      clause: clause("C", "says", level),
    });
  });
  const suite = {
    suite: "s",
    title: "S",
    specifications: [],
    claimed: true,
    evidence: "asked for",
    checks: checks ?? [],
  };
  const document = assemble(
    { ...rest, ...(checks && { conformance: { suites: [suite], profiles, partial: false } }) },
    { documentFile: "result.json" },
  );
  return { ...document, ...more };
}

const measured = (valid = true): Partial<ResultDocument> => ({
  load: { runs: [{ plan: { mode: "concurrency" }, points: [loadPoint(8, valid)] }] },
});
const registry = [
  {
    id: "s",
    clauses: {},
    checks: ["s/0", "s/1", "s/9"].map((id) => ({ id })),
    retired: { "s/old": { successor: "s/0", why: "renamed" } },
  },
];
const baseline = (...checks: string[]) => ({
  file: "known.yaml",
  entries: checks.map((name, i) => ({ line: i + 1, check: name, reason: "r" })),
});
const profile = (status: ProfileResult["status"], ...because: string[]): ProfileResult[] => [
  { profile: "p", title: "P", status, because },
];

const rows: readonly (readonly [
  name: string,
  document: ResultDocument,
  options: GateOptions,
  exitCode: number,
  reason?: string,
])[] = [
  ["every check passes", documentOf(["pass"]), {}, 0],
  ["a check fails", documentOf(["pass", "fail"]), {}, 1, "1 check failed: s/1"],
  ["a check warns", documentOf(["pass", "warn"]), {}, 0],
  ["a check warns under --strict", documentOf(["pass", "warn"]), { strict: true }, 1, "1 check warned (--strict): s/1"],
  ["some checks are skipped", documentOf(["pass", "skip"]), {}, 0],
  ["all checks are skipped", documentOf(["skip", "skip"]), {}, 4, "no check came to a verdict"],
  ["no check ran", documentOf([]), {}, 4, "no check ran"],
  ["nothing ran", documentOf(undefined), {}, 4, "nothing ran"],
  ["a must is inconclusive", documentOf(["pass", "inconclusive"]), {}, 4, "1 check came to no verdict: s/1"],
  ["a must is an error", documentOf(["pass", "error"]), {}, 4, "1 check broke in the program: s/1"],
  ["a should is inconclusive", documentOf(["pass", "should:inconclusive"]), {}, 0],
  ["a should is inconclusive under --strict", documentOf(["pass", "should:inconclusive"]), { strict: true }, 4],
  ["a failure outweighs a doubt", documentOf(["fail", "inconclusive"]), {}, 1],
  [
    "the run ended early",
    documentOf(["pass"], { partial: true, endedEarly: "interrupted" }),
    {},
    4,
    "the run ended early: interrupted",
  ],
  ["the run ended early with a failure", documentOf(["fail"], { partial: true }), {}, 1],
  [
    "credentials were refused",
    documentOf(["fail"]),
    { also: [{ exitCode: 3, text: "credentials refused" }] },
    3,
    "credentials refused",
  ],
  [
    "the program broke",
    documentOf(["pass"]),
    {
      also: [
        { exitCode: 3, text: "x" },
        { exitCode: 70, text: "bug" },
      ],
    },
    70,
    "bug",
  ],
  ["the run was interrupted", documentOf(["fail"]), { also: [{ exitCode: 130, text: "interrupted" }] }, 130],
  ["load alone without thresholds", documentOf(undefined, measured()), {}, 0],
  ["load alone, invalid, without thresholds", documentOf(undefined, measured(false)), {}, 0],
  ["load without points", documentOf(undefined, { load: { runs: [] } }), {}, 4, "no load point was measured"],
  ["a threshold is met", documentOf(undefined, measured()), { thresholds: [parseThreshold("p99<=1s")] }, 0],
  ["a threshold is missed", documentOf(undefined, measured()), { thresholds: [parseThreshold("p99<=1ms")] }, 1],
  [
    "a threshold needs an invalid measurement",
    documentOf(undefined, measured(false)),
    { thresholds: [parseThreshold("p99<=1s")] },
    4,
  ],
  [
    "a threshold needs an absent percentile",
    documentOf(undefined, measured()),
    { thresholds: [parseThreshold("p42<=1s")] },
    4,
  ],
  ["a threshold without any load", documentOf(["pass"]), { thresholds: [parseThreshold("p99<=1s")] }, 4],
  [
    "errors count also when they make the measurement invalid",
    documentOf(undefined, measured(false)),
    { thresholds: [parseThreshold("error-rate<=0.1%")] },
    1,
  ],
  ["a known failure", documentOf(["fail", "pass"]), { baseline: baseline("s/0"), registry }, 0],
  [
    "a known failure and a new one",
    documentOf(["fail", "fail"]),
    { baseline: baseline("s/0"), registry },
    1,
    "1 check failed: s/1",
  ],
  [
    "a known failure that passes",
    documentOf(["fail", "pass"]),
    { baseline: baseline("s/0", "s/1"), registry },
    1,
    "known.yaml:2: s/1: the check now passes; remove the entry",
  ],
  [
    "a known failure of no such check",
    documentOf(["pass"]),
    { baseline: baseline("s/none"), registry },
    1,
    "known.yaml:1: s/none: no such check; remove the entry",
  ],
  [
    "a retired check",
    documentOf(["pass"]),
    { baseline: baseline("s/old"), registry },
    1,
    "known.yaml:1: s/old: retired: renamed; see s/0; remove the entry",
  ],
  ["a known failure that was skipped", documentOf(["skip", "pass"]), { baseline: baseline("s/0"), registry }, 0],
  ["a known failure that was not selected", documentOf(["pass"]), { baseline: baseline("s/9"), registry }, 0],
  [
    "a known failure that is inconclusive stays a doubt",
    documentOf(["inconclusive", "pass"]),
    { baseline: baseline("s/0"), registry },
    4,
  ],
  ["a requested profile is earned", documentOf(["pass"], {}, profile("earned")), { requestedProfiles: ["p"] }, 0],
  [
    "a requested profile is not earned",
    documentOf(["fail"], {}, profile("not-earned", "s/0")),
    { requestedProfiles: ["p"] },
    1,
  ],
  [
    "a requested profile's failures are known",
    documentOf(["fail"], {}, profile("not-earned", "s/0")),
    { requestedProfiles: ["p"], baseline: baseline("s/0"), registry },
    0,
  ],
  [
    "a requested profile is partial",
    documentOf(["pass", "skip"], {}, profile("partial", "s/1")),
    { requestedProfiles: ["p"] },
    4,
    "profile p is partial: s/1",
  ],
  [
    "a requested profile is not offered",
    documentOf(["pass"], {}, profile("not-claimed")),
    { requestedProfiles: ["p"] },
    1,
  ],
  [
    "an unknown profile is requested",
    documentOf(["pass"], {}, profile("earned")),
    { requestedProfiles: ["q"] },
    4,
    "profile q was not judged",
  ],
];

describe("the exit code", () => {
  test.each(
    rows.map(([name, document, gateOptions, exitCode, reason]) => ({ name, document, gateOptions, exitCode, reason })),
  )("when $name", ({ document, gateOptions, exitCode, reason }) => {
    const judged = gate(document, gateOptions);
    expect(judged.exitCode, JSON.stringify(judged.reasons)).toBe(exitCode);
    if (exitCode === 0) expect(judged.reasons).toEqual([]);
    else expect(judged.reasons[0]?.exitCode).toBe(exitCode);
    if (reason !== undefined) expect(judged.reasons.map(({ text }) => text)).toContain(reason);
  });

  test("is the same whether the document or its parts are judged", () => {
    const document = assemble(observations, options);
    expect(gate(document, { ...options, registry: observations.registry })).toEqual(document.gate);
  });
});

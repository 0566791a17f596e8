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

type ReportedSuite = NonNullable<ResultDocument["conformance"]>["suites"][number];

function withSuites(document: ResultDocument, change: (suite: ReportedSuite) => ReportedSuite): ResultDocument {
  const { conformance } = document;
  if (!conformance) throw new Error("a document without checks");
  return { ...document, conformance: { ...conformance, suites: conformance.suites.map(change) } };
}

const rows: readonly (readonly [
  name: string,
  document: () => ResultDocument,
  options: GateOptions,
  exitCode: number,
  reason?: string,
])[] = [
  ["every check passes", () => documentOf(["pass"]), {}, 0],
  ["a check fails", () => documentOf(["pass", "fail"]), {}, 1, "1 check failed: s/1"],
  ["a check warns", () => documentOf(["pass", "warn"]), {}, 0],
  [
    "a check warns under --strict",
    () => documentOf(["pass", "warn"]),
    { strict: true },
    1,
    "1 check warned (--strict): s/1",
  ],
  ["some checks are skipped", () => documentOf(["pass", "skip"]), {}, 0],
  ["all checks are skipped", () => documentOf(["skip", "skip"]), {}, 4, "no check came to a verdict"],
  ["no check ran", () => documentOf([]), {}, 4, "no check ran"],
  ["nothing ran", () => documentOf(undefined), {}, 4, "nothing ran"],
  ["a must is inconclusive", () => documentOf(["pass", "inconclusive"]), {}, 4, "1 check came to no verdict: s/1"],
  ["a must is an error", () => documentOf(["pass", "error"]), {}, 4, "1 check broke in the program: s/1"],
  ["a should is inconclusive", () => documentOf(["pass", "should:inconclusive"]), {}, 0],
  ["a should is inconclusive under --strict", () => documentOf(["pass", "should:inconclusive"]), { strict: true }, 4],
  ["a failure outweighs a doubt", () => documentOf(["fail", "inconclusive"]), {}, 1],
  [
    "the run ended early",
    () => documentOf(["pass"], { partial: true, endedEarly: "interrupted" }),
    {},
    4,
    "the run ended early: interrupted",
  ],
  ["the run ended early with a failure", () => documentOf(["fail"], { partial: true }), {}, 1],
  [
    "credentials were refused",
    () => documentOf(["fail"]),
    { also: [{ exitCode: 3, text: "credentials refused" }] },
    3,
    "credentials refused",
  ],
  [
    "the program broke",
    () => documentOf(["pass"]),
    {
      also: [
        { exitCode: 3, text: "x" },
        { exitCode: 70, text: "bug" },
      ],
    },
    70,
    "bug",
  ],
  ["the run was interrupted", () => documentOf(["fail"]), { also: [{ exitCode: 130, text: "interrupted" }] }, 130],
  ["load alone without thresholds", () => documentOf(undefined, measured()), {}, 0],
  ["load alone, invalid, without thresholds", () => documentOf(undefined, measured(false)), {}, 0],
  ["load without points", () => documentOf(undefined, { load: { runs: [] } }), {}, 4, "no load point was measured"],
  ["a threshold is met", () => documentOf(undefined, measured()), { thresholds: [parseThreshold("p99<=1s")] }, 0],
  ["a threshold is missed", () => documentOf(undefined, measured()), { thresholds: [parseThreshold("p99<=1ms")] }, 1],
  [
    "a threshold needs an invalid measurement",
    () => documentOf(undefined, measured(false)),
    { thresholds: [parseThreshold("p99<=1s")] },
    4,
  ],
  [
    "a threshold needs an absent percentile",
    () => documentOf(undefined, measured()),
    { thresholds: [parseThreshold("p42<=1s")] },
    4,
  ],
  ["a threshold without any load", () => documentOf(["pass"]), { thresholds: [parseThreshold("p99<=1s")] }, 4],
  [
    "errors count also when they make the measurement invalid",
    () => documentOf(undefined, measured(false)),
    { thresholds: [parseThreshold("error-rate<=0.1%")] },
    1,
  ],
  ["a known failure", () => documentOf(["fail", "pass"]), { baseline: baseline("s/0"), registry }, 0],
  [
    "a known failure and a new one",
    () => documentOf(["fail", "fail"]),
    { baseline: baseline("s/0"), registry },
    1,
    "1 check failed: s/1",
  ],
  [
    "a known failure that passes",
    () => documentOf(["fail", "pass"]),
    { baseline: baseline("s/0", "s/1"), registry },
    1,
    "known.yaml:2: s/1: the check now passes; remove the entry",
  ],
  [
    "a known failure of no such check",
    () => documentOf(["pass"]),
    { baseline: baseline("s/none"), registry },
    1,
    "known.yaml:1: s/none: no such check; remove the entry",
  ],
  [
    "a retired check",
    () => documentOf(["pass"]),
    { baseline: baseline("s/old"), registry },
    1,
    "known.yaml:1: s/old: retired: renamed; see s/0; remove the entry",
  ],
  ["a known failure that was skipped", () => documentOf(["skip", "pass"]), { baseline: baseline("s/0"), registry }, 0],
  ["a known failure that was not selected", () => documentOf(["pass"]), { baseline: baseline("s/9"), registry }, 0],
  [
    "a known failure that is inconclusive stays a doubt",
    () => documentOf(["inconclusive", "pass"]),
    { baseline: baseline("s/0"), registry },
    4,
  ],
  ["a requested profile is earned", () => documentOf(["pass"], {}, profile("earned")), { requestedProfiles: ["p"] }, 0],
  [
    "a requested profile is not earned",
    () => documentOf(["fail"], {}, profile("not-earned", "s/0")),
    { requestedProfiles: ["p"] },
    1,
  ],
  [
    "a requested profile's failures are known",
    () => documentOf(["fail"], {}, profile("not-earned", "s/0")),
    { requestedProfiles: ["p"], baseline: baseline("s/0"), registry },
    0,
  ],
  [
    "a requested profile is partial",
    () => documentOf(["pass", "skip"], {}, profile("partial", "s/1")),
    { requestedProfiles: ["p"] },
    4,
    "profile p is partial: s/1",
  ],
  [
    "a requested profile is not offered",
    () => documentOf(["pass"], {}, profile("not-claimed")),
    { requestedProfiles: ["p"] },
    1,
  ],
  [
    "an unknown profile is requested",
    () => documentOf(["pass"], {}, profile("earned")),
    { requestedProfiles: ["q"] },
    4,
    "profile q was not judged",
  ],
];

describe("the exit code", () => {
  test.each(
    rows.map(([name, document, gateOptions, exitCode, reason]) => ({ name, document, gateOptions, exitCode, reason })),
  )("when $name", ({ document, gateOptions, exitCode, reason }) => {
    const judged = gate(document(), gateOptions);
    expect(judged.exitCode, JSON.stringify(judged.reasons)).toBe(exitCode);
    if (exitCode === 0) expect(judged.reasons).toEqual([]);
    else expect(judged.reasons[0]?.exitCode).toBe(exitCode);
    if (reason !== undefined) expect(judged.reasons.map(({ text }) => text)).toContain(reason);
  });

  test("counts nothing of a suite that the target does not claim", () => {
    const document = documentOf(["fail", "inconclusive", "pass"]);
    expect(
      gate(
        withSuites(document, (suite) => ({ ...suite, claimed: false })),
        {},
      ),
    ).toEqual({ exitCode: 4, reasons: [{ exitCode: 4, text: "no check ran" }] });
  });

  test("does not depend on checks of which nothing but a permission is said", () => {
    const document = documentOf(["pass", "error"]);
    const permitted = withSuites(document, (suite) => ({
      ...suite,
      checks: suite.checks.map((each) => ({ ...each, clause: { ...each.clause, level: "may" } })),
    }));
    expect(gate(permitted, { strict: true }).exitCode).toBe(0);
  });

  test("is the same whether the document or its parts are judged", () => {
    const document = assemble(observations, options);
    expect(gate(document, { ...options, registry: observations.registry })).toEqual(document.gate);
  });
});

const texts = (document: ResultDocument, gateOptions: GateOptions = {}) =>
  gate(document, gateOptions).reasons.map(({ exitCode, text }) => `${exitCode} ${text}`);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("the reasons", () => {
  test("are all there, weightiest first", () => {
    const also = ([4, 1, 3, 2, 70, 130] as const).map((exitCode) => ({ exitCode, text: "said" }));
    expect(texts(documentOf(["inconclusive", "fail"]), { also })).toEqual([
      "130 said",
      "70 said",
      "2 said",
      "3 said",
      "1 said",
      "1 1 check failed: s/1",
      "4 said",
      "4 1 check came to no verdict: s/0",
    ]);
  });

  test("name five checks at most", () => {
    expect(texts(documentOf(times(5, "fail")))).toEqual(["1 5 checks failed: s/0, s/1, s/2, s/3, s/4"]);
    expect(texts(documentOf(times(7, "fail")))).toEqual(["1 7 checks failed: s/0, s/1, s/2, s/3, s/4 and 2 more"]);
    expect(texts(documentOf(["warn", "warn"]), { strict: true })).toEqual(["1 2 checks warned (--strict): s/0, s/1"]);
    expect(texts(documentOf(["pass", "inconclusive", "inconclusive"]))).toEqual([
      "4 2 checks came to no verdict: s/1, s/2",
    ]);
    expect(texts(documentOf(["pass", "error", "error"]))).toEqual(["4 2 checks broke in the program: s/1, s/2"]);
  });

  test("tell apart a doubt in a must and one in a recommendation", () => {
    const document = documentOf(["pass", "should:error", "error"]);
    expect(texts(document)).toEqual(["4 1 check broke in the program: s/2"]);
    expect(texts(document, { strict: true })).toEqual(["4 2 checks broke in the program: s/1, s/2"]);
  });

  test("say what keeps a profile from being earned", () => {
    const asked = (...judged: Parameters<typeof profile>) =>
      texts(documentOf(["pass"], {}, profile(...judged)), { requestedProfiles: ["p"] });
    expect(asked("not-claimed")).toEqual(["1 profile p is not earned: the target does not offer it"]);
    expect(asked("not-earned", "s/0")).toEqual(["1 profile p is not earned: s/0"]);
    expect(asked("undecided", "a", "b", "c", "d", "e")).toEqual(["4 profile p is undecided: a, b, c, d, e"]);
    expect(asked("partial", "a", "b", "c", "d", "e", "f")).toEqual([
      "4 profile p is partial: a, b, c, d, e and 1 more",
    ]);
  });

  test("keep a profile that lacks more than what is known", () => {
    const document = documentOf(["fail", "fail"], {}, profile("not-earned", "s/0", "s/1"));
    expect(texts(document, { requestedProfiles: ["p"], baseline: baseline("s/0"), registry })).toEqual([
      "1 1 check failed: s/1",
      "1 profile p is not earned: s/0, s/1",
    ]);
  });

  test("say which threshold was missed or could not be judged, and why", () => {
    const thresholds = [parseThreshold("p99<=1ms"), parseThreshold("p42<=1s")];
    expect(texts(documentOf(undefined, measured()), { thresholds })).toEqual([
      "1 threshold p99<=1ms is missed: 1 of 1 points beyond the limit",
      "4 threshold p42<=1s is undecided: p42 was not measured at every point",
    ]);
  });

  test("hold a failure against the run whose entry in the baseline has expired", () => {
    const expired = { file: "known.yaml", entries: [{ line: 1, check: "s/0", reason: "r", expires: "2020-01-31" }] };
    expect(texts(documentOf(["fail"]), { baseline: expired, registry })).toEqual([
      "1 1 check failed: s/0",
      "1 known.yaml:1: s/0: expired on 2020-01-31; remove the entry",
    ]);
  });

  test("say that a run ended early, also when nobody knows why", () => {
    expect(texts(documentOf(["pass"], { partial: true }))).toEqual(["4 the run ended early: it was stopped"]);
  });

  test("do not ask for checks of a run that was for load alone, nor for load of one without", () => {
    expect(texts(documentOf(undefined, measured()))).toEqual([]);
    expect(texts(documentOf(["pass"]))).toEqual([]);
    expect(texts(documentOf(["warn"], measured()))).toEqual([]);
  });
});

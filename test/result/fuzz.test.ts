import { describe, expect, test } from "vitest";
import { type FuzzFinding, type FuzzResult, fuzzStatement } from "#kit";
import { renderConsole, renderGithub, renderHtml, renderJunit, renderMarkdown } from "../../src/report/index.ts";
import {
  assemble,
  type Baseline,
  baselineFor,
  problemsOf,
  type ResultDocument,
  serialize,
} from "../../src/result/index.ts";
import { HOSTILE } from "../report/hostile-document.ts";
import { exchange, observations, options } from "./sample-run.ts";

const ID = "fuzz/v2-rest/drops-connection";
const conformance = { suites: [], profiles: [], partial: false };
const registry = [{ id: "v2-rest", clauses: {}, retired: {}, checks: [{ id: ID }, { id: "fuzz/v2-rest/hangs" }] }];

function finding(text = "a text"): FuzzFinding {
  const sent = exchange("/v2/models/simple/infer", '{"inputs":[{"shape":[-1]}]}', "");
  return {
    id: ID,
    suite: "v2-rest",
    kind: "drops-connection",
    ...fuzzStatement("drops-connection", "rest"),
    actual: `no answer (closed): ${text}`,
    changes: [`/inputs/0/shape/0 becomes -1 ${text}`],
    exchange: { request: sent.request, events: [], failure: { code: "closed", message: text }, durationNs: 1_000_000 },
    shrunkFrom: { request: 41, changes: [text, text, text], bytes: 4711 },
    seen: 7,
    resends: 23,
    repeated: true,
  };
}

function fuzzed(findings: readonly FuzzFinding[], extra: Partial<FuzzResult> = {}): FuzzResult {
  const counts = { sent: 1000, succeeded: 300, refused: 690, serverErrors: 3, other: 7, unrepeated: 0 };
  return { seed: 1, requests: 1000, dangerous: false, suites: [{ suite: "v2-rest", ...counts }], findings, ...extra };
}

function documentOf(fuzz: FuzzResult | undefined, baseline?: Baseline): ResultDocument {
  const { load: _load, ...others } = observations;
  const run = {
    ...others,
    registry,
    conformance: { ...conformance, suites: others.conformance?.suites ?? [], ...(fuzz && { fuzz }) },
  };
  const { baseline: _baseline, thresholds: _thresholds, ...rest } = options;
  return assemble(run, { ...rest, ...(baseline && { baseline }) });
}

const entry = (check: string) => ({ file: "known-failing.yaml", entries: [{ line: 1, check, reason: "known to us" }] });

describe("the document of a run that fuzzed", () => {
  const document = documentOf(fuzzed([finding()]));

  test("keeps its schema, and holds the finding with its command and where it was shrunk from", () => {
    expect(problemsOf(JSON.parse(serialize(document)))).toEqual([]);
    const [found] = document.conformance?.fuzz?.findings ?? [];
    expect(found).toMatchObject({
      id: ID,
      kind: "drops-connection",
      seen: 7,
      shrunkFrom: { request: 41, bytes: 4711 },
    });
    expect(found?.repro.curl).toContain('{"inputs":[{"shape":[-1]}]}');
  });

  test("fails its gate, names the finding, and says so in a word", () => {
    expect(document.gate.exitCode).toBe(1);
    expect(document.gate.reasons.map(({ text }) => text)).toContain(`1 fault found by fuzzing: ${ID}`);
  });

  test("does not fail for a finding that the baseline names", () => {
    const { gate, baseline } = documentOf(fuzzed([finding()]), entry(ID));
    expect(baseline?.entries.map(({ status }) => status)).toEqual(["known"]);
    expect(gate.reasons.filter(({ text }) => text.includes("fuzzing"))).toEqual([]);
  });

  test("takes an entry that it did not come across for not exercised, and one that there is not for stale", () => {
    const status = (fuzz: FuzzResult | undefined, check: string) => documentOf(fuzz, entry(check)).baseline?.entries[0];
    expect(status(fuzzed([]), ID)).toMatchObject({
      status: "not-exercised",
      note: "the fuzz phase did not come across it",
    });
    expect(status(undefined, ID)).toMatchObject({ status: "not-exercised", note: "the fuzz phase did not run" });
    expect(status(fuzzed([]), "fuzz/v2-rest/hang")).toMatchObject({ status: "stale", note: "no such check" });
  });

  test("is undecided when nothing was sent", () => {
    const counts = { sent: 0, succeeded: 0, refused: 0, serverErrors: 0, other: 0, unrepeated: 0 };
    const suites = [{ suite: "v2-rest", ...counts, endedEarly: "the good request did not succeed: status 500" }];
    const reasons = documentOf(fuzzed([], { suites })).gate.reasons.filter(({ exitCode }) => exitCode === 4);
    expect(reasons.map(({ text }) => text)).toContain(
      "the fuzz phase sent nothing: the good request did not succeed: status 500",
    );
  });

  test("gives the baseline under which it passes", () => {
    expect(baselineFor(document).text).toContain(`check: ${ID}`);
  });
});

describe("the reports", () => {
  const plain = { color: false, columns: 100 };

  test("show the finding, its command and how the phase went", async () => {
    const document = documentOf(fuzzed([finding()]));
    for (const text of [renderConsole(document, plain), renderMarkdown(document), await renderHtml(document)]) {
      expect(text).toContain(ID);
      expect(text).toContain("curl -isS");
      expect(text).toMatch(/1000/);
    }
    expect(renderJunit(document)).toMatch(/<testsuite name="fuzz"[^>]* failures="1"/);
    expect(renderGithub(document)).toContain(`::error title=${ID}::`);
    expect(renderGithub(documentOf(fuzzed([finding()]), entry(ID)))).toContain(`::notice title=${ID}::`);
    expect(renderJunit(documentOf(fuzzed([])))).toMatch(/<testsuite name="fuzz"[^>]* tests="1" failures="0"/);
  });

  test("have no word of fuzzing where it did not run", async () => {
    const document = documentOf(undefined);
    for (const text of [
      renderConsole(document, plain),
      renderMarkdown(document),
      renderJunit(document),
      renderGithub(document),
    ])
      expect(text).not.toMatch(/fuzz/i);
    expect(await renderHtml(document)).not.toContain('id="fuzz"');
  });

  test("let no peer write markup or steer a terminal", async () => {
    const hostile = documentOf(fuzzed([finding(HOSTILE)]));
    expect(renderConsole(hostile, plain).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(await renderHtml(hostile)).not.toContain("<script>alert");
    expect(renderJunit(hostile)).not.toContain("<script>");
    const lines = renderMarkdown(hostile)
      .replaceAll(/(`{3,})bash\n.*?\n\1/gs, "")
      .split("\n");
    for (const line of lines) expect(line.replace(/<\/?sub>/g, "")).not.toMatch(/<|@someone|^::/);
    for (const line of renderGithub(hostile).trimEnd().split("\n"))
      expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,]*::/);
  });
});

import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { renderConsole, renderGithub, renderMarkdown } from "../../src/report/index.ts";
import { assemble } from "../../src/result/index.ts";
import { conformance, observations, options } from "../result/sample-run.ts";
import { hostileDocument, longWindedDocument } from "./hostile-document.ts";

const document = assemble(observations, options);
const hostile = hostileDocument();
const longWinded = longWindedDocument();
const plain = { color: false, columns: 100 };

describe("the Markdown summary", () => {
  const text = renderMarkdown(document);

  test("shows verdict, profiles, counts, failures with clause and command, and load", () => {
    expect(text).toMatch(/^## Example Serving 1\.4\.2: Not conformant\n/);
    expect(text).toContain(
      "| Open Inference Protocol, REST | undecided | not earned | `v2-rest/infer-echoes-id`, `v2-rest/error-has-error-member` |",
    );
    expect(text).toContain("| Open Inference Protocol V2 over REST | 2 | 0 | 1 | 1 | 2 | 34 |");
    expect(text).toContain("- must `V2REST-INFER-14`: An inference response carries the id of its request");
    expect(text).toContain("```bash\ncurl -isS");
    expect(text).toContain("- fails again on 5/5 fresh connections");
    expect(text).toContain("- flaky: fails again on 2/5 fresh connections");
    expect(text).toContain("(known: The proxy answers in HTML)");
    expect(text).toMatch(/\| 64 in flight \| – \| – \|.*\| invalid: client-limited, errors \|/);
  });

  test("is never longer than GitHub shows", () => {
    const fenced = { curl: `curl ${"x".repeat(100_000)}` };
    const { conformance: part } = longWinded;
    if (!part) throw new Error("the sample has no conformance part");
    const suites = part.suites.map((suite) => ({
      ...suite,
      checks: Array.from({ length: 50 }, () => suite.checks)
        .flat()
        .map((each) => ({ ...each, outcome: "fail" as const, repro: fenced })),
    }));
    const text = renderMarkdown({ ...longWinded, conformance: { ...part, suites } });
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(text).toMatch(/^\d+ more failures are in the report\.$/m);
  });

  test("lets no peer write markup, tables, mentions or workflow commands", () => {
    const lines = renderMarkdown(hostile)
      .replaceAll(/(`{3,})bash\n.*?\n\1/gs, "")
      .split("\n");
    for (const line of lines) {
      expect(line.replace(/<\/?sub>/g, "")).not.toMatch(/<|@someone|^::/);
    }
    for (const [table] of lines.join("\n").matchAll(/(?:^\|.*\n?)+/gm)) {
      const bars = table
        .trimEnd()
        .split("\n")
        .map((line) => line.split("|").length);
      expect(new Set(bars).size).toBe(1);
    }
    expect(lines.join("\n")).toContain("&lt;script&gt;");
  });
});

describe("the summary for a terminal", () => {
  test("ends with the verdict, every reason and the exit code, and shows what is wrong with its command", () => {
    const text = renderConsole(document, plain);
    expect(text).toContain("fail  v2-rest/infer-echoes-id\n");
    expect(text).toContain("  curl -isS --http1.1");
    expect(text).toContain("v2-rest  2 fail, 1 inconclusive, 1 warn, 2 skip, 34 pass\n");
    expect(text).toMatch(/^profile {4}core {9}extended$/m);
    expect(text).toMatch(/^oip-rest {3}undecided {4}not earned {3}without a model with FP16 inputs \(1 check\)$/m);
    expect(text).toMatch(/^oip-grpc {3}not judged {3}not earned {3}Open Inference Protocol, gRPC$/m);
    expect(text).toContain("  fails again on 5/5 fresh connections\n");
    expect(text).toContain("  flaky: fails again on 2/5 fresh connections\n");
    const end = text.slice(text.indexOf("Not conformant"));
    for (const reason of document.gate.reasons) expect(end).toContain(reason.text);
    expect(text.trimEnd()).toMatch(/exit 1$/);
  });

  test("has colours only when asked, and else the same text", () => {
    const coloured = renderConsole(document, { ...plain, color: true });
    expect(coloured).toContain("\u001b[31m");
    expect(stripVTControlCharacters(coloured)).toBe(renderConsole(document, plain));
  });

  test("keeps its lines within the width, commands apart", () => {
    const lines = renderConsole(document, { color: false, columns: 60 })
      .split("\n")
      .filter((line) => !line.includes("curl"));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test("lets no peer steer the terminal", () => {
    expect(renderConsole(hostile, plain).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("the annotations for GitHub", () => {
  const kinds = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^::(\w+).*?title=(.*?)::.*$/, "$1 $2"));

  test("are the verdict, then an error for a failure, a warning for a doubt, a notice for what is known", () => {
    expect(kinds(renderGithub(document))).toEqual([
      "error Not conformant%3A Example Serving 1.4.2",
      "error v2-rest/infer-echoes-id",
      "error v2-grpc/short-contents-refused",
      "warning p99<=20ms",
      "error p50<=1ms",
      "error v2-rest/metadata-3",
      "warning v2-rest/binary-output-size",
      "warning v2-rest/infer-unknown-model-is-404",
      "warning invalid measurement%3A 64 in flight",
      "notice v2-rest/error-has-error-member",
    ]);
  });

  test("stand at the line of a stale entry", () => {
    expect(renderGithub(document)).toContain("::error file=known-failing.yaml,line=5,title=v2-rest/metadata-3::");
  });

  test("say why a run came to nothing, and nothing when all is well", () => {
    const { conformance: _, load: _load, baseline: _baseline, ...nothing } = document;
    const reasons = [{ exitCode: 3, text: "nothing answers\nat 127.0.0.1:1" }];
    expect(renderGithub({ ...nothing, thresholds: [], gate: { exitCode: 3, reasons } })).toBe(
      "::error title=Target not reached%3A Example Serving 1.4.2::nothing answers\\u{a}at 127.0.0.1:1\n",
    );
    expect(renderGithub({ ...nothing, thresholds: [], gate: { exitCode: 0, reasons: [] } })).toBe("");
  });

  test("are no more than GitHub takes, and say how many are left", () => {
    const many = conformance.suites.map((suite) => ({
      ...suite,
      checks: suite.checks.map((each) => ({
        ...each,
        verdict: { outcome: "fail" as const, expected: "1", actual: "2" },
      })),
    }));
    const lines = kinds(
      renderGithub(assemble({ ...observations, conformance: { ...conformance, suites: many } }, options)),
    );
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toBe("notice infermark");
  });

  test.each([
    ["hostile", hostile],
    ["long-winded", longWinded],
  ])("let no %s peer write commands of its own", (_, each) => {
    const lines = renderGithub(each).trimEnd().split("\n");
    for (const line of lines) {
      expect(line).toMatch(/^::(?:error|warning|notice) (?:file=[^:,]*,line=\d+,)?title=[^:,]*::/);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(line.length).toBeLessThan(30_000);
    }
    expect(renderGithub(each)).toContain("x%250A");
  });
});

import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { renderConsole, renderGithub, renderMarkdown } from "../../src/report/index.ts";
import { assemble } from "../../src/result/index.ts";
import { observations, options } from "../result/sample-run.ts";
import { documentOf, hostileDocument } from "./hostile-document.ts";

const document = assemble(observations, options);
const hostile = hostileDocument();
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
  test("are an error for a failure, a notice for a known one, a warning for a doubt", () => {
    const lines = renderGithub(document).trimEnd().split("\n");
    expect(lines.map((line) => line.split(" title=", 1)[0])).toEqual([
      "::error",
      "::notice",
      "::error",
      "::warning",
      "::error",
      "::warning",
      "::warning",
    ]);
    expect(lines[0]).toContain("title=v2-rest/infer-echoes-id::");
  });

  test("let no peer write commands of its own", () => {
    const lines = renderGithub(hostile).trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,]*::/);
    expect(lines).toHaveLength(renderGithub(documentOf("plain")).trimEnd().split("\n").length);
    expect(renderGithub(hostile)).toContain("x%250A");
  });
});

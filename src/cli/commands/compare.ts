import { InfermarkError } from "../../base/errors.ts";
import {
  markdownText,
  plainText,
  renderComparison,
  renderComparisonHtml,
  renderComparisonMarkdown,
} from "../../report/index.ts";
import { type Comparison, compareDocuments, DEFAULT_MIN_EFFECT } from "../../result/compare/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { allSuites } from "../own-suites.ts";
import { parseShare } from "../percent.ts";
import { ownModules } from "../replayable.ts";
import { unknownId } from "../suggest.ts";
import { writeTextFile } from "../write-file.ts";

const FORMATS = ["text", "markdown", "json"] as const;

/** A comparison with the first document, under the file name of the other. */
interface Named {
  readonly name: string;
  readonly comparison: Comparison;
}

/**
 * Prints what changed from the document in the first file to that in each other. Exit 1 when something got worse in any; throws USAGE when
 * they cannot be compared.
 */
export async function compare(files: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<number> {
  const [base = "", ...others] = files;
  const format = (flags["format"] as string | undefined) ?? "text";
  if (!(FORMATS as readonly string[]).includes(format)) throw unknownId("format", format, FORMATS);
  const minEffect = minEffectOf(flags["minEffect"] as string | undefined);
  const registry = (await allSuites(ownModules(flags))).map(({ suite }) => suite);
  const before = readDocument(base);
  const named = others.map((name): Named => {
    const after = readDocument(name);
    return { name, comparison: compareDocuments(before, after, registry, minEffect) };
  });
  const html = flags["html"] as string | undefined;
  if (html !== undefined) writeTextFile(html, await renderComparisonHtml(base, named), "--html");
  const color = process.stdout.isTTY && flags["color"] !== false && (process.env["NO_COLOR"] ?? "") === "";
  process.stdout.write(textOf(base, named, format, color));
  return named.every(({ comparison }) => comparison.worse.length === 0) ? ExitCode.ok : ExitCode.failed;
}

function minEffectOf(given: string | undefined): number {
  const share = given === undefined ? DEFAULT_MIN_EFFECT : parseShare(given, "--min-effect");
  if (share > 0) return share;
  throw new InfermarkError("USAGE", "--min-effect 0 lets nothing pass", {
    hint: "no measurement tells that there is no change at all: give the least change that matters, like 5%",
  });
}

function textOf(base: string, named: readonly Named[], format: string, color: boolean): string {
  const [only] = named;
  if (format === "json") {
    const told = named.map(({ name, comparison }) => ({ file: name, ...withoutPoints(comparison) }));
    return `${JSON.stringify(only && named.length === 1 ? withoutPoints(only.comparison) : told, null, 2)}\n`;
  }
  const render = (comparison: Comparison) =>
    format === "markdown" ? renderComparisonMarkdown(comparison) : renderComparison(comparison, { color });
  if (only && named.length === 1) return render(only.comparison);
  const heading = (name: string) => `${base} → ${name}`;
  return named
    .map(({ name, comparison }) =>
      format === "markdown"
        ? `# ${markdownText(heading(name))}\n\n${render(comparison)}`
        : `${plainText(heading(name))}\n\n${render(comparison)}`,
    )
    .join("\n");
}

/** The points themselves stand in the documents. */
function withoutPoints({ load, ...rest }: Comparison): object {
  if (!load) return rest;
  return {
    ...rest,
    load: { ...load, points: load.points.map(({ settings, windowMs, numbers }) => ({ settings, windowMs, numbers })) },
  };
}

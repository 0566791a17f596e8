import { renderComparison, renderComparisonMarkdown } from "../../report/index.ts";
import { compareDocuments } from "../../result/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { allSuites } from "../own-suites.ts";
import { ownModules } from "../replayable.ts";
import { unknownId } from "../suggest.ts";

const FORMATS = ["text", "markdown", "json"] as const;

/** Prints what changed from one document to another. Exit 1 when something got worse; throws USAGE when they cannot be compared. */
export async function compare(
  before: string,
  after: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const format = (flags["format"] as string | undefined) ?? "text";
  if (!(FORMATS as readonly string[]).includes(format)) throw unknownId("format", format, FORMATS);
  const registry = (await allSuites(ownModules(flags))).map(({ suite }) => suite);
  const comparison = compareDocuments(readDocument(before), readDocument(after), registry);
  const color = process.stdout.isTTY && flags["color"] !== false && (process.env["NO_COLOR"] ?? "") === "";
  if (format === "json") process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
  else if (format === "markdown") process.stdout.write(renderComparisonMarkdown(comparison));
  else process.stdout.write(renderComparison(comparison, { color }));
  return comparison.worse.length === 0 ? ExitCode.ok : ExitCode.failed;
}

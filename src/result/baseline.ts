import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { InfermarkError } from "../base/errors.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import type { BaselineEntry, Check, JudgedBaseline, ResultDocument } from "./document.gen.ts";

/** One failure that is known. */
export interface KnownFailure {
  /** In the file, from 1. */
  readonly line: number;
  readonly check: string;
  readonly reason: string;
  readonly issue?: string;
  readonly owner?: string;
  /** The last day on which it counts, `YYYY-MM-DD`. */
  readonly expires?: string;
}

export interface Baseline {
  readonly file: string;
  /** What was read, where it was read: with comments. */
  readonly text?: string;
  readonly entries: readonly KnownFailure[];
}

const FIELDS = ["check", "reason", "issue", "owner", "expires"] as const;

/** Reads the text of a known-failing.yaml. Throws USAGE, with the line, for anything that is not a list of entries. */
export function parseBaseline(text: string, file = "known-failing.yaml"): Baseline {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: "failsafe" });
  const lineOf = (node: unknown) => lines.linePos((node as { range?: [number] } | null)?.range?.[0] ?? 0).line;
  const refuse = (line: number, what: string): never => {
    throw new InfermarkError("USAGE", `${file}:${line}: ${what}`, {
      hint: "the file is a list of entries with check and reason, and optionally issue, owner and expires",
    });
  };
  const [error] = document.errors;
  if (error) refuse(lines.linePos(error.pos[0]).line, error.message.split("\n", 1)[0] ?? "not YAML");
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === ""))
    return { file, entries: [] };
  if (!isSeq(document.contents)) return refuse(1, "not a list");
  const seen = new Map<string, number>();
  const entries = document.contents.items.map((item): KnownFailure => {
    const line = lineOf(item);
    if (!isMap(item)) return refuse(line, "not an entry with check and reason");
    const fields = new Map<string, string>();
    for (const { key, value } of item.items) {
      const name = isScalar(key) ? String(key.value) : "";
      if (!(FIELDS as readonly string[]).includes(name)) refuse(lineOf(key), `unknown field "${name}"`);
      if (!isScalar(value) || typeof value.value !== "string" || value.value === "")
        return refuse(lineOf(key), `"${name}" is not text`);
      fields.set(name, value.value);
    }
    return entryOf(fields, line, seen, refuse);
  });
  return { file, text, entries };
}

function entryOf(
  fields: ReadonlyMap<string, string>,
  line: number,
  seen: Map<string, number>,
  refuse: (line: number, what: string) => never,
): KnownFailure {
  const { check, reason, issue, owner, expires } = Object.fromEntries(fields) as Partial<
    Record<(typeof FIELDS)[number], string>
  >;
  if (check === undefined) return refuse(line, "the entry has no check");
  if (reason === undefined) return refuse(line, `the entry for ${check} gives no reason`);
  const before = seen.get(check);
  if (before !== undefined) refuse(line, `${check} is already named in line ${before}`);
  if (expires !== undefined && !isDay(expires)) refuse(line, `expires "${expires}" is not a day such as 2030-01-31`);
  seen.set(check, line);
  return {
    line,
    check,
    reason,
    ...(issue !== undefined && { issue }),
    ...(owner !== undefined && { owner }),
    ...(expires !== undefined && { expires }),
  };
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** What became of each entry in this run. The day of the run decides what has expired. */
export function judgeBaseline(
  baseline: Baseline,
  document: Pick<ResultDocument, "conformance" | "run">,
  registry: readonly SuiteRegistry[],
): JudgedBaseline {
  const checks = new Map(
    (document.conformance?.suites ?? []).flatMap((suite) => suite.checks).map((check) => [check.id, check]),
  );
  const today = document.run.startedAt.slice(0, 10);
  const judge = (entry: KnownFailure): Pick<BaselineEntry, "status" | "note"> => {
    const check = checks.get(entry.check);
    const retired = registry.map((suite) => suite.retired[entry.check]).find((found) => found !== undefined);
    if (retired)
      return {
        status: "stale",
        note: `retired: ${retired.why}${retired.successor === undefined ? "" : `; see ${retired.successor}`}`,
      };
    if (!check && !registry.some((suite) => suite.checks.some(({ id }) => id === entry.check))) {
      return { status: "stale", note: "no such check" };
    }
    if (entry.expires !== undefined && entry.expires < today)
      return { status: "stale", note: `expired on ${entry.expires}` };
    if (entry.check.startsWith("fuzz/")) return judgeAgainstFuzz(entry.check, document);
    return check ? judgeAgainst(check) : { status: "not-exercised", note: "the check was not selected" };
  };
  return { file: baseline.file, entries: baseline.entries.map((entry) => ({ ...entry, ...judge(entry) })) };
}

function judgeAgainst(check: Check): Pick<BaselineEntry, "status" | "note"> {
  const { outcome, reason, message, ungraded } = check;
  if (ungraded) return { status: "not-exercised", note: "its clause was not graded" };
  if (outcome === "pass") return { status: "stale", note: "the check now passes" };
  if (outcome === "fail" || outcome === "warn") return { status: "known" };
  return { status: "not-exercised", note: `${outcome}: ${reason ?? message ?? ""}` };
}

/** That a search of other requests did not come across a fault does not say that it is gone. */
function judgeAgainstFuzz(
  id: string,
  { conformance }: Pick<ResultDocument, "conformance">,
): Pick<BaselineEntry, "status" | "note"> {
  const fuzz = conformance?.fuzz;
  if (fuzz?.findings.some((finding) => finding.id === id)) return { status: "known" };
  return {
    status: "not-exercised",
    note: fuzz ? "the fuzz phase did not come across it" : "the fuzz phase did not run",
  };
}

import { type Document, isMap, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { type Baseline, judgeBaseline } from "./baseline.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import type { BaselineEntry, Check, ResultDocument } from "./document.gen.ts";
import { gradedChecks } from "./gate.ts";

export interface WrittenBaseline {
  readonly text: string;
  /** Entries for failures that were not known. */
  readonly added: readonly string[];
  /** Entries that stayed, with what was found of them. */
  readonly kept: readonly BaselineEntry[];
  /** Entries that went, with why. */
  readonly removed: readonly BaselineEntry[];
}

/**
 * The smallest known-failing.yaml under which the run passes: one entry for each failed check, in a strict run for each that
 * warned, and for each fault that fuzzing found. Of `previous` it keeps the entries that still hold or were not exercised, as they are written, comments too; the
 * entry of a retired check goes over to its successor.
 */
export function baselineFor(
  document: Pick<ResultDocument, "conformance" | "run">,
  registry: readonly SuiteRegistry[] = [],
  previous?: Baseline,
): WrittenBaseline {
  const yaml = parseDocument(previous?.text ?? "[]", { schema: "failsafe" });
  const failures = failuresOf(document);
  const judged = previous ? judgeBaseline(previous, document, registry).entries : [];
  const succeeded = judged.map((entry) => successorOf(entry, registry, failures, judged));
  const kept = judged.filter((entry, index) => stays(entry, failures) || succeeded[index] !== undefined);
  const entries = (yaml.contents as YAMLSeq | null)?.items ?? [];
  const items = entries.filter((_, index) => kept.includes(judged[index] as BaselineEntry));
  for (const [index, successor] of succeeded.entries()) {
    const item = entries[index];
    if (successor !== undefined && isMap(item)) item.set("check", successor);
  }
  const named = new Set([...kept.map(({ check }) => check), ...succeeded]);
  const added = failures.filter(({ id }) => !named.has(id));
  return {
    text: textOf(yaml, [...items, ...added.map(({ id, reason }) => yaml.createNode({ check: id, reason }) as YAMLMap)]),
    added: added.map(({ id }) => id),
    kept,
    removed: judged.filter((entry) => !kept.includes(entry)),
  };
}

/** What a new entry would say. */
interface Failure {
  readonly id: string;
  readonly reason: string;
}

function failuresOf(document: Pick<ResultDocument, "conformance">): readonly Failure[] {
  const strict = document.conformance?.plan?.strict ?? false;
  const checks = gradedChecks(document).filter(({ outcome }) => outcome === "fail" || (strict && outcome === "warn"));
  const findings = document.conformance?.fuzz?.findings ?? [];
  return [...checks.map(failureOf), ...findings.map(({ id, actual }) => ({ id, reason: actual }))];
}

function failureOf({ id, outcome, expected = "", actual = "", warnings = [] }: Check): Failure {
  const reason = outcome === "warn" ? warnings.join("; ") : `expected ${expected}, got ${actual}`;
  return { id, reason: reason === "" ? outcome : reason };
}

/** What expired while its check still fails is not for this program to throw away. */
function stays({ check, status, expires }: BaselineEntry, failures: readonly Failure[]): boolean {
  return status !== "stale" || (expires !== undefined && failures.some(({ id }) => id === check));
}

function successorOf(
  { check }: BaselineEntry,
  registry: readonly SuiteRegistry[],
  failures: readonly Failure[],
  entries: readonly BaselineEntry[],
): string | undefined {
  const successor = registry.map(({ retired }) => retired[check]?.successor).find((found) => found !== undefined);
  const fails = failures.some(({ id }) => id === successor);
  return fails && !entries.some((other) => other.check === successor) ? successor : undefined;
}

function textOf(yaml: Document, items: readonly unknown[]): string {
  if (items.length === 0) return "[]\n";
  const list = (yaml.contents ?? yaml.createNode([])) as YAMLSeq;
  list.items = [...items];
  list.flow = false;
  yaml.contents = list;
  return yaml.toString({ lineWidth: 140 });
}

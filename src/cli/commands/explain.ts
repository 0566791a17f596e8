import { type SuiteEntry, suites } from "../../../suites/index.ts";
import {
  type Check,
  type Clause,
  fuzzStatement,
  killOf,
  levelOf,
  parseFuzzId,
  transportsOf,
} from "../../conformance/index.ts";
import type { Mutant } from "../../reference/index.ts";
import { plainText } from "../../report/index.ts";
import { ExitCode } from "../exit-codes.ts";
import { behaviourIn } from "../runtime-behaviour.ts";
import { unknownId } from "../suggest.ts";

/** Prints what a check judges, what a clause says, what a fault does, or what fuzzing looks for. Throws USAGE for an id of none of them. */
export function explain(id: string): number {
  for (const entry of suites) {
    const lines =
      explainCheck(entry, id) ?? explainClause(entry, id) ?? explainFault(entry, id) ?? explainFinding(entry, id);
    if (lines === undefined) continue;
    process.stdout.write(`${lines.join("\n")}\n`);
    return ExitCode.ok;
  }
  const successor = suites.map(({ suite }) => suite.retired[id]).find((retired) => retired !== undefined);
  if (successor) {
    process.stdout.write(
      `${id} is retired: ${successor.why}\n${successor.successor === undefined ? "" : `see ${successor.successor}\n`}`,
    );
    return ExitCode.ok;
  }
  throw unknownId("check, clause or fault", id, suites.flatMap(allIds));
}

function allIds({ suite, mutants, variants }: SuiteEntry): readonly string[] {
  return [
    ...suite.checks.map((check) => check.id),
    ...Object.keys(suite.clauses),
    ...[...mutants, ...variants].map((fault) => fault.id),
  ];
}

function explainCheck({ suite, mutants }: SuiteEntry, id: string): readonly string[] | undefined {
  const check = suite.checks.find((candidate) => candidate.id === id);
  const clause = check && suite.clauses[check.clause];
  if (!check || !clause) return undefined;
  const faults = faultLines(check, mutants);
  return [
    check.id,
    `  ${check.title}.`,
    "",
    ...clauseLines(clause),
    "",
    ...shapeLines(check),
    levelOf(check, suite) === "core"
      ? "It works on any model: it is part of the core of its profiles."
      : "It works on a fixture model alone: it is part of the extended level of its profiles.",
    "",
    ...(faults.length > 0 ? ["It is proven to find:", ...faults] : ["It records and never fails."]),
    ...behaviourLines(id),
  ];
}

function behaviourLines(id: string): readonly string[] {
  const lines = behaviourIn(id).map((line) => `  ${plainText(line)}`);
  return lines.length === 0 ? [] : ["", "In the published results:", ...lines];
}

function shapeLines(check: Check): readonly string[] {
  const needs = check.requires?.length ? [`It needs ${check.requires.join(", ")}; without them it is skipped.`] : [];
  if (check.kind === "refuse")
    return [
      ...needs,
      "It sends a good request, then these, each followed by the good one again:",
      ...check.defects.map(({ name }) => `  ${name}`),
      "",
    ];
  if (check.kind === "census") return [...needs, "It judges what all checks of its suite saw.", ""];
  return needs.length > 0 ? [...needs, ""] : [];
}

function clauseLines({ id, level, basis, says, source, treatment }: Clause): readonly string[] {
  return [
    `${id} (${level}, ${basis})`,
    `  ${says}`,
    `  source: ${source.document}, "${source.section}"`,
    ...(treatment === undefined ? [] : [`  our reading: ${treatment}`]),
  ];
}

function explainClause({ suite, mutants }: SuiteEntry, id: string): readonly string[] | undefined {
  const clause = suite.clauses[id];
  if (!clause) return undefined;
  const checks = suite.checks.filter((check) => check.clause === id);
  const judges = checks.filter(({ kills }) => kills.length > 0);
  const observers = checks.filter(({ kills }) => kills.length === 0);
  return [
    ...clauseLines(clause),
    ...(clause.notObservable === undefined
      ? []
      : ["", "It cannot be observed from outside:", `  ${clause.notObservable}`]),
    ...(judges.length > 0 ? ["", "Judged by:"] : []),
    ...judges.flatMap((check) => [
      `  ${check.id}  ${check.title}`,
      ...faultLines(check, mutants).map((line) => `  ${line}`),
    ]),
    ...(observers.length > 0 ? ["", "Recorded, without a verdict, by:"] : []),
    ...observers.map((check) => `  ${check.id}  ${check.title}`),
  ];
}

/** The faults that a check is proven to find, a line each. */
function faultLines(check: Check, mutants: readonly Mutant[]): readonly string[] {
  return check.kills.map(killOf).map(({ mutant, as }) => {
    const does = mutants.find((fault) => fault.id === mutant)?.does ?? "";
    return `  ${mutant}  the runtime ${does}${as === "warn" ? " (a warning)" : ""}`;
  });
}

function explainFinding({ suite }: SuiteEntry, id: string): readonly string[] | undefined {
  const found = parseFuzzId(id);
  if (!suite.fuzz || found?.suite !== suite.id) return undefined;
  const { says, source } = fuzzStatement(found.kind, transportsOf(suite)[0]);
  return [
    id,
    `  ${says}`,
    `  source: ${source.document}, "${source.section}"`,
    "",
    "Looked for with --fuzz, by changed requests.",
  ];
}

function explainFault({ suite, mutants, variants }: SuiteEntry, id: string): readonly string[] | undefined {
  const fault = [...mutants, ...variants].find((candidate) => candidate.id === id);
  if (!fault) return undefined;
  const finders = suite.checks
    .filter((check) => check.kills.some((kill) => killOf(kill).mutant === id))
    .map((check) => `  ${check.id}  ${check.title}`);
  return [
    id,
    `  The runtime ${fault.does}.`,
    ...(finders.length > 0
      ? ["", "Found by:", ...finders]
      : ["", "The specification allows it; no check may fail on it."]),
    "",
    `Try it: infermark serve --fault ${id}`,
  ];
}

import { profiles, suites } from "../../../suites/index.ts";
import { accountOf } from "../../../suites/score.ts";
import { type Check, type Clause, levelOf, type Profile } from "../../conformance/index.ts";
import { FIXTURES, type TensorSpec } from "../../target/index.ts";
import { ExitCode } from "../exit-codes.ts";
import { unknownId } from "../suggest.ts";

const LISTS: Readonly<Record<string, () => readonly (readonly [id: string, text: string])[]>> = {
  suites: () =>
    suites.map(({ suite }) => [
      suite.id,
      `${suite.title}: ${suite.checks.length} checks, ${Object.keys(suite.clauses).length} clauses`,
    ]),
  checks: () => suites.flatMap(({ suite }) => suite.checks.map(({ id, title }) => [id, title] as const)),
  clauses: () =>
    suites.flatMap(({ suite }) =>
      Object.values(suite.clauses).map((clause) => [
        clause.id,
        `${clause.level}: ${clause.says} [${accountText(clause, suite.checks)}]`,
      ]),
    ),
  profiles: () => profiles.map((profile) => [profile.id, profileText(profile)]),
  faults: () =>
    suites.flatMap(({ mutants, variants }) => [...mutants, ...variants].map(({ id, does }) => [id, does] as const)),
  models: () =>
    [...FIXTURES.values()].map(({ name, does, inputs, outputs }) => [
      name,
      `${tensors(inputs)} → ${tensors(outputs)}: ${does}`,
    ]),
};

/** How a clause is accounted for: by which checks, or why by none. */
export function accountText(clause: Clause, checks: readonly Check[]): string {
  const account = accountOf(clause, checks);
  if (account === "not observable") return `${account}: ${clause.notObservable}`;
  const own = checks.filter((check) => check.clause === clause.id).map(({ id }) => id);
  return account === "checked"
    ? `checked by ${own.join(", ")}`
    : `${account ?? "not accounted for"}: ${own.join(", ")}`;
}

/** Prints one of the lists, or the suites and profiles. Throws USAGE for a list that does not exist. */
export function list(what: string | undefined): number {
  if (what !== undefined && !(what in LISTS)) throw unknownId("list", what, Object.keys(LISTS));
  for (const name of what === undefined ? ["suites", "profiles"] : [what]) {
    if (what === undefined) process.stdout.write(`${name}\n`);
    print(LISTS[name]?.() ?? []);
  }
  return ExitCode.ok;
}

function profileText({ title, suites: needed }: Profile): string {
  const own = suites.filter(({ suite }) => needed.includes(suite.id));
  const checks = own.flatMap(({ suite }) =>
    suite.checks.filter(({ dangerous }) => !dangerous).map((check) => levelOf(check, suite)),
  );
  const core = checks.filter((level) => level === "core").length;
  return `${title}: ${needed.join(", ")} (${checks.length} checks, core ${core})`;
}

function print(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([id]) => id.length));
  for (const [id, text] of rows) process.stdout.write(`  ${id.padEnd(width)}  ${text}\n`);
}

function tensors(specs: readonly TensorSpec[]): string {
  return specs.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(",")}]`).join(", ") || "any JSON";
}

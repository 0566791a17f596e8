import { assetJson, type Check, type Clause, type Level } from "#kit";
import type { SuiteEntry } from "./entry.ts";

/** How a clause is accounted for; undefined when it is not. */
export type Account = "checked" | "record only" | "not observable" | undefined;

/** `checked` by a check that can fail or warn, `record only` where checks just note what they see. */
export function accountOf(clause: Pick<Clause, "id" | "notObservable">, checks: readonly Check[]): Account {
  const own = checks.filter((check) => check.clause === clause.id);
  if (own.some(({ kills }) => kills.length > 0)) return "checked";
  if (own.length > 0) return "record only";
  return clause.notObservable === undefined ? undefined : "not observable";
}

/** Clause ids of the suites with their levels: what the specifications state, kept apart from the registries. */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, Level>>>>;

/** The list that the registries are compared with, so that a clause which is taken out of one is missed. */
export function catalogue(): Catalogue {
  return assetJson("#suites/catalogue.json") as Catalogue;
}

/** What a suite, or all of them, amounts to. */
export interface Score {
  /** Clauses of the catalogue. */
  readonly clauses: number;
  /** Of these, those that are checked, recorded, or not observable with a reason. */
  readonly accountedFor: number;
  /** Of these, those that can be observed from outside. */
  readonly observable: number;
  /** Of these, those that a check judges. */
  readonly checked: number;
  readonly checks: number;
  readonly faults: number;
  readonly variants: number;
}

/** The score of a suite against its part of the catalogue. */
export function scoreOf({ suite, mutants, variants }: SuiteEntry, listed: Catalogue[string] = {}): Score {
  const ids = Object.keys(listed);
  const accounts = ids.map((id) => suite.clauses[id] && accountOf(suite.clauses[id], suite.checks));
  const counted = (wanted: readonly Account[]) => accounts.filter((account) => wanted.includes(account)).length;
  return {
    clauses: ids.length,
    accountedFor: counted(["checked", "record only", "not observable"]),
    observable: counted(["checked", "record only"]),
    checked: counted(["checked"]),
    checks: suite.checks.length,
    faults: mutants.length,
    variants: variants.length,
  };
}

/** The sum of scores. */
export function totalOf(scores: readonly Score[]): Score {
  const sum = (of: (score: Score) => number) => scores.reduce((total, score) => total + of(score), 0);
  return {
    clauses: sum(({ clauses }) => clauses),
    accountedFor: sum(({ accountedFor }) => accountedFor),
    observable: sum(({ observable }) => observable),
    checked: sum(({ checked }) => checked),
    checks: sum(({ checks }) => checks),
    faults: sum(({ faults }) => faults),
    variants: sum(({ variants }) => variants),
  };
}

/** A share in whole per cent, rounded down: 100 % is said of everything alone. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.floor((100 * part) / whole)} %`;
}

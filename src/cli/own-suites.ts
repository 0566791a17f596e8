import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { suites as published, type SuiteEntry } from "../../suites/index.ts";
import { InfermarkError, messageOf } from "../base/errors.ts";
import type { Suite } from "../conformance/index.ts";

/**
 * The published suites, and the user's own from the modules that `suites` of infermark.yaml names: a default export of one
 * suite or a list of them, made with `infermark/kit`. Throws USAGE for a module that gives none.
 */
export async function allSuites(modules: readonly string[]): Promise<readonly SuiteEntry[]> {
  const known = [...published];
  for (const file of modules) {
    for (const suite of await suitesIn(file)) {
      const problem = problemOf(suite, known);
      if (problem !== undefined) throw unusable(file, problem);
      known.push({ suite, reference: async () => undefined, mutants: [], variants: [], workloads: [] });
    }
  }
  return known;
}

/** Whether a suite is the user's own: such a suite is claimed because infermark.yaml names it. */
export function isOwn({ id }: Pick<Suite, "id">): boolean {
  return !published.some(({ suite }) => suite.id === id);
}

async function suitesIn(file: string): Promise<readonly Suite[]> {
  if (!existsSync(file)) throw unusable(file, "there is no such file");
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (cause) {
    throw unusable(file, messageOf(cause), cause);
  }
  const found = [module.default].flat();
  if (!found.every(isSuite)) throw unusable(file, "its default export is no suite and no list of suites");
  return found;
}

function isSuite(value: unknown): value is Suite {
  if (typeof value !== "object" || value === null) return false;
  const { id, title, transport, features, clauses, checks, retired, endpointOf, succeeded, alive } =
    value as Partial<Suite>;
  return (
    [id, title].every((text) => typeof text === "string") &&
    (transport === "rest" || transport === "grpc" || transport === "both") &&
    [features, clauses, retired].every((part) => typeof part === "object" && part !== null) &&
    Array.isArray(checks) &&
    [endpointOf, succeeded, alive].every((member) => typeof member === "function")
  );
}

/** What would make its results unreadable. */
function problemOf({ id, checks, clauses }: Suite, known: readonly SuiteEntry[]): string | undefined {
  if (known.some(({ suite }) => suite.id === id)) return `the suite id "${id}" is taken`;
  const foreign = checks.find((check) => !check.id.startsWith(`${id}/`));
  if (foreign) return `the check id "${foreign.id}" does not begin with "${id}/"`;
  const twice = checks.find((check, index) => checks.findIndex((other) => other.id === check.id) < index);
  if (twice) return `the check id "${twice.id}" stands twice`;
  const loose = checks.find((check) => clauses[check.clause] === undefined);
  return loose && `the check "${loose.id}" names the clause "${loose.clause}", which the suite does not have`;
}

function unusable(file: string, problem: string, cause?: unknown): InfermarkError {
  return new InfermarkError("USAGE", `no suite can be loaded from ${file}: ${problem}`, {
    hint: "`suites` in infermark.yaml lists modules whose default export is a suite made with infermark/kit",
    ...(cause !== undefined && { cause }),
  });
}

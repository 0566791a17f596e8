import { existsSync, readFileSync } from "node:fs";
import { parseBaseline } from "../src/result/index.ts";
import { GALLERY, type Published } from "./gallery/published.ts";

/**
 * The text of `reports/runtimes/behaviour.json`: what each published runtime does in each check, so that the package can
 * tell without the published documents. Checks that a runtime passes are a list of ids; of others stands what was seen.
 */
export function runtimeBehaviour(published: readonly Published[]): string {
  return `${JSON.stringify({ runtimes: published.map(behaviourOf) }, null, 1)}\n`;
}

function behaviourOf({ runtime, version, document }: Published): object {
  const list = new URL(`${runtime}/known-failing.yaml`, GALLERY);
  const known = existsSync(list) ? parseBaseline(readFileSync(list, "utf8")).entries : [];
  const checks = document.conformance?.suites.filter(({ claimed }) => claimed).flatMap((suite) => suite.checks) ?? [];
  const others = checks.filter(({ outcome }) => outcome !== "pass");
  return {
    runtime,
    version,
    passes: checks.filter(({ outcome }) => outcome === "pass").map(({ id }) => id),
    otherwise: others.map(({ id, outcome, actual, warnings, reason, message }) => {
      const adjudged = outcome === "fail" ? known.find(({ check }) => check === id)?.reason : undefined;
      const seen = actual ?? warnings?.join("; ") ?? reason ?? message ?? "";
      return { check: id, outcome, seen, ...(adjudged !== undefined && { known: adjudged }) };
    }),
  };
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseBaseline, type ResultDocument } from "../src/result/index.ts";

const folder = fileURLToPath(new URL("../reports/runtimes", import.meta.url));

/**
 * The text of `reports/runtimes/behaviour.json`: what each published runtime does in each check, so that the package can
 * tell without the published documents. Checks that a runtime passes are a list of ids; of others stands what was seen.
 */
export function runtimeBehaviour(): string {
  const runtimes = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .flatMap((runtime) => documentsOf(runtime).map((version) => behaviourOf(runtime, version)));
  return `${JSON.stringify({ runtimes }, null, 1)}\n`;
}

function documentsOf(runtime: string): readonly string[] {
  const files = readdirSync(join(folder, runtime)).filter((file) => file.endsWith(".json"));
  return files.map((file) => file.slice(0, -".json".length)).toSorted();
}

function behaviourOf(runtime: string, version: string): object {
  const document = JSON.parse(readFileSync(join(folder, runtime, `${version}.json`), "utf8")) as ResultDocument;
  const list = join(folder, runtime, "known-failing.yaml");
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

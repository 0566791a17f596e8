import type { SuiteEntry } from "../../suites/index.ts";
import type { Profile, Selection } from "../conformance/index.ts";
import { isOwn } from "./own-suites.ts";
import type { Settings } from "./settings.ts";
import { unknownId } from "./suggest.ts";

/** The suites and checks that the settings ask for; all of them when they ask for none. Throws USAGE for an unknown id. */
export function selectChecks(
  settings: Pick<Settings, "suite" | "profile" | "check" | "dangerous">,
  suites: readonly SuiteEntry[],
  profiles: readonly Profile[],
): readonly Selection[] {
  const suiteIds = suites.map(({ suite }) => suite.id);
  const checkIds = suites.flatMap(({ suite }) => suite.checks.map(({ id }) => id));
  for (const id of settings.suite) if (!suiteIds.includes(id)) throw unknownId("suite", id, suiteIds);
  for (const id of settings.check) if (!checkIds.includes(id)) throw unknownId("check", id, checkIds);
  const chosen = settings.profile.map(
    (id) => profiles.find((profile) => profile.id === id) ?? unknownProfile(id, profiles),
  );
  const named = new Set([...settings.suite, ...chosen.flatMap((profile) => profile.suites)]);
  return suites.flatMap(({ suite }): Selection[] => {
    const checks = suite.checks.filter((check) =>
      settings.check.length > 0 ? settings.check.includes(check.id) : settings.dangerous || !check.dangerous,
    );
    const asked = named.size === 0 || named.has(suite.id);
    if (!asked || checks.length === 0) return [];
    return [{ suite, checks, named: named.has(suite.id) || settings.check.length > 0 || isOwn(suite) }];
  });
}

function unknownProfile(id: string, profiles: readonly Profile[]): never {
  throw unknownId(
    "profile",
    id,
    profiles.map((profile) => profile.id),
  );
}

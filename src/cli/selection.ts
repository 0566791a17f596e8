import type { SuiteEntry } from "../../suites/index.ts";
import { type Check, levelOf, type Profile, type ProfileLevel, type Selection } from "../conformance/index.ts";
import { requestedProfile } from "../result/index.ts";
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
  const suitesOf = (level: ProfileLevel) =>
    settings.profile
      .map(requestedProfile)
      .filter((asked) => asked.level === level)
      .flatMap(({ id }) => (profiles.find((profile) => profile.id === id) ?? unknownProfile(id, profiles)).suites);
  const whole = new Set([...settings.suite, ...suitesOf("extended")]);
  const named = new Set([...whole, ...suitesOf("core")]);
  return suites.flatMap(({ suite }): Selection[] => {
    const ofLevel = (check: Check) => whole.has(suite.id) || !named.has(suite.id) || levelOf(check, suite) === "core";
    const checks = suite.checks.filter((check) =>
      settings.check.length > 0
        ? settings.check.includes(check.id)
        : (settings.dangerous || !check.dangerous) && ofLevel(check),
    );
    const asked = named.size === 0 || named.has(suite.id);
    if (!asked || checks.length === 0) return [];
    return [{ suite, checks, named: named.has(suite.id) || settings.check.length > 0 || isOwn(suite) }];
  });
}

/** The profiles with those of their levels of which every harmless check is selected: one check alone earns nothing. */
export function judgeableProfiles(selection: readonly Selection[], profiles: readonly Profile[]): readonly Profile[] {
  const isWhole = (id: string, level: ProfileLevel) =>
    selection.some(
      ({ suite, checks }) =>
        suite.id === id &&
        suite.checks.every(
          (check) => check.dangerous || checks.includes(check) || (level === "core" && levelOf(check, suite) !== level),
        ),
    );
  return profiles.flatMap((profile) => {
    const levels = profile.levels.filter((level) => profile.suites.every((id) => isWhole(id, level)));
    return levels.length === 0 ? [] : [{ ...profile, levels }];
  });
}

function unknownProfile(id: string, profiles: readonly Profile[]): never {
  throw unknownId(
    "profile",
    id,
    profiles.map((profile) => profile.id),
  );
}

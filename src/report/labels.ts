import type { Check, Profile, ProfileLevel } from "../result/index.ts";

/** How often a failed check failed again on fresh connections, and whether it is flaky; undefined where it was not run again. */
export function rerunLabel({ reruns = [] }: Check): string | undefined {
  if (reruns.length === 0) return undefined;
  const failed = reruns.filter((outcome) => outcome === "fail").length;
  return `${failed < reruns.length ? "flaky: " : ""}fails again on ${failed}/${reruns.length} fresh connections`;
}

export interface LevelLabels {
  readonly core: ProfileLevel["status"] | "not judged";
  readonly extended: ProfileLevel["status"] | "not judged";
  /** What was not judged at the highest judged level, by feature. */
  readonly skipped: readonly string[];
}

/** The status of a profile at both levels. Documents of before there were levels have the extended one alone. */
export function levelLabels({ status, levels }: Profile): LevelLabels {
  const of = (level: ProfileLevel["level"]) => levels?.find((each) => each.level === level);
  const highest = of("extended") ?? of("core");
  return {
    core: of("core")?.status ?? "not judged",
    extended: levels === undefined ? status : (of("extended")?.status ?? "not judged"),
    skipped: (highest?.skipped ?? []).map(
      ({ feature, checks }) => `${feature} (${checks} ${checks === 1 ? "check" : "checks"})`,
    ),
  };
}

/** A status in words. */
export function inWords(status: string): string {
  return status.replace("-", " ");
}

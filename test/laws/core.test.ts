import { describe, expect, test } from "vitest";
import { levelOf, type TargetInfo } from "#kit";
import { suites } from "../../suites/index.ts";
import { referenceInfo, runInLab } from "./lab.ts";

/** A target with one model, which is taken for none of the fixtures. */
function withOwnModel(): TargetInfo {
  const info = referenceInfo();
  return { ...info, models: info.models.slice(0, 1).map((model) => ({ ...model, fixture: false })) };
}

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("the core of %s", (_, entry) => {
  test("is judged on any model, and every other check is skipped for the lack of a fixture model", async () => {
    const { results } = await runInLab(entry, [entry.reference], { info: withOwnModel() });
    const extended = entry.suite.checks.filter((check) => levelOf(check, entry.suite) === "extended");
    const of = (outcome: string) => results.filter(({ verdict }) => verdict.outcome === outcome);
    expect(of("skip").map(({ check }) => check)).toEqual(extended.map(({ id }) => id));
    expect(of("pass").length).toBe(entry.suite.checks.length - extended.length);
    expect(of("pass").length).toBeGreaterThan(0);
  });
});

import { describe, expect, test } from "vitest";
import { levelOf, type TargetInfo } from "#kit";
import { suites } from "../../suites/index.ts";
import { referenceInfo, runInLab } from "./lab.ts";

/** Models that stand for what people serve: one input and two, numbers and text, fixed and free dimensions. */
const MODELS = ["identity_fp32", "iris", "text", "rowsum", "addsub"];

/** A target with one model, which is taken for none of the fixtures. */
function withOwnModel(name: string): TargetInfo {
  const info = referenceInfo();
  const models = info.models.filter((model) => model.name === name).map((model) => ({ ...model, fixture: false }));
  return { ...info, models };
}

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("the core of %s", (id, entry) => {
  // Instances of V1 are of one unnamed input.
  test.each(MODELS.filter((name) => id !== "v1-rest" || name !== "addsub"))(
    "is judged on a model like %s, and every other check is skipped for the lack of a fixture model",
    async (name) => {
      const { results } = await runInLab(entry, [entry.reference], { info: withOwnModel(name) });
      const extended = entry.suite.checks.filter((check) => levelOf(check, entry.suite) === "extended");
      const of = (outcome: string) => results.filter(({ verdict }) => verdict.outcome === outcome);
      expect(of("skip").map(({ check }) => check)).toEqual(extended.map((check) => check.id));
      expect(of("pass").length).toBe(entry.suite.checks.length - extended.length);
      expect(of("pass").length).toBeGreaterThan(0);
    },
  );
});

import { describe, expect, test } from "vitest";
import { levelOf, type TargetInfo } from "#kit";
import { suites } from "../../suites/index.ts";
import { referenceInfo, runInLab } from "./lab.ts";

/** Models that stand for what people serve: one input and two, numbers and text, fixed and free dimensions. */
const MODELS = ["identity_fp32", "iris", "text", "rowsum", "addsub"];

/** What a suite needs of a model beyond having one. */
const CAN: Readonly<Record<string, (name: string) => boolean>> = {
  // Instances of V1 are of one unnamed input.
  "v1-rest": (name) => name !== "addsub",
  // It is claimed where a model generates.
  "v2-generate": (name) => name === "text",
};

/** A target with one model, which is taken for none of the fixtures. */
function withOwnModel(name: string): TargetInfo {
  const info = referenceInfo();
  const models = info.models.filter((model) => model.name === name).map((model) => ({ ...model, fixture: false }));
  return { ...info, models };
}

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("the core of %s", (id, entry) => {
  test.each(MODELS.filter((name) => CAN[id]?.(name) ?? true))(
    "is judged on a model like %s, and nothing else is skipped than what needs a fixture model",
    async (name) => {
      const { results } = await runInLab(entry, [entry.reference], { info: withOwnModel(name) });
      const extended = entry.suite.checks.filter((check) => levelOf(check, entry.suite) === "extended");
      const of = (outcome: string) => results.filter(({ verdict }) => verdict.outcome === outcome);
      const beyond = new Set(extended.map((check) => check.id));
      expect(of("skip").filter(({ check }) => !beyond.has(check))).toEqual([]);
      // What cannot be told of an unknown model only warns.
      expect(of("pass").length + of("warn").length).toBe(entry.suite.checks.length - of("skip").length);
      expect(of("pass").length).toBeGreaterThan(0);
    },
  );
});

import { describe, expect, test } from "vitest";
import type { TargetInfo } from "#kit";
import { suites } from "../../suites/index.ts";
import { referenceInfo, runInLab } from "./lab.ts";

/** Models that stand for what people serve: one input and two, numbers and text, fixed and free dimensions. */
const MODELS = ["identity_fp32", "iris", "text", "rowsum", "addsub"];

/** Suites that are about some models alone. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  // Instances of V1 are of one unnamed input.
  "v1-rest": ["identity_fp32", "iris", "text", "rowsum"],
  "v2-generate": ["text"],
};

/** A target with one model, which is taken for none of the fixtures. */
function withOwnModel(name: string): TargetInfo {
  const info = referenceInfo();
  const models = info.models.filter((model) => model.name === name).map((model) => ({ ...model, fixture: false }));
  return { ...info, models };
}

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("the core of %s", (id, entry) => {
  test.each(ONLY[id] ?? MODELS)(
    "is judged on a model like %s: what is skipped is of the extended level",
    async (name) => {
      const { results } = await runInLab(entry, [entry.reference], { info: withOwnModel(name) });
      const of = (...outcomes: string[]) => results.filter(({ verdict }) => outcomes.includes(verdict.outcome));
      expect(of("skip").filter(({ level }) => level !== "extended")).toEqual([]);
      expect(of("fail", "inconclusive", "error")).toEqual([]);
      expect(of("pass", "warn").filter(({ level }) => level === "core").length).toBeGreaterThan(0);
    },
  );
});

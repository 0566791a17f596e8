import { percentileOf } from "../../base/threshold.ts";
import { integer, listOf, objectOf, optional } from "../field-rules.ts";
import type { LoadSettings } from "../settings.ts";
import { type Mode, rateField, ratesOf, type StagesSchedule } from "./mode.ts";
import { objectivesField, objectivesOf } from "./objectives.ts";
import { recoveryOf } from "./recovery.ts";

const RECOVERY = "recovery";
const IN_WINDOWS = ["p50", "p99", "error-rate", "throughput", "inferences"];

/** An open loop whose rate changes: ramps, steps, spikes and soaks are stages, each a point. The durations are those of the stages. */
export interface StagesPlan extends Omit<LoadSettings, "durationMs" | "autoExtendMs">, StagesSchedule {
  readonly mode: "stages";
  /** A stage named `recovery` is looked through for the first window that meets these; without them, for nine tenths of its rate. */
  readonly objectives?: readonly string[];
}

const stageName = (value: unknown) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(value)
    ? undefined
    : "must be a name of letters, digits, - and _";

export const stages: Mode<StagesPlan> = {
  fields: {
    ...ratesOf,
    stages: listOf(
      objectOf({
        name: stageName,
        durationMs: integer(1, 7 * 24 * 3_600_000),
        rate: rateField,
        toRate: optional(rateField),
      }),
    ),
    objectives: optional(objectivesField),
  },
  open: () => true,
  problemOf: ({ stages: list, objectives = [] }) => {
    const names = list.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) return `two of its stages are named ${twice}`;
    if (objectives.length > 0 && !names.includes(RECOVERY)) return `objectives belong to a stage named ${RECOVERY}`;
    const unseen = objectivesOf(objectives).find(({ metric }) => !IN_WINDOWS.includes(metric));
    if (unseen === undefined) return undefined;
    const kind = percentileOf(unseen.metric) === undefined ? unseen.metric : `the percentile ${unseen.metric}`;
    return `objectives of a recovery are of p50, p99, errors, throughput or inferences; windows do not hold ${kind}`;
  },
  run: async (plan, measuring) => {
    const durationMs = plan.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
    const points = await measuring.stages({ ...plan, durationMs });
    const point = points.find(({ stage }) => stage === RECOVERY);
    return point ? { recovery: recoveryOf(point, plan.objectives ?? []) } : {};
  },
};

import { InfermarkError } from "../base/errors.ts";
import { type FieldRule, oneOf, problemOfFields } from "./field-rules.ts";
import { type LoadPlan, MODES, modeOf } from "./modes/index.ts";
import { enginesFor, SETTINGS_FIELDS } from "./settings.ts";

export type { LoadPlan } from "./modes/index.ts";

const MODE_NAMES = Object.keys(MODES) as readonly LoadPlan["mode"][];

/** A load plan from data of any kind. Throws USAGE that names the field and what it must be. */
export function parseLoadPlan(data: unknown): LoadPlan {
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw wrong("it must be an object", `it has a mode, one of ${MODE_NAMES.join(", ")}, and the fields of that mode`);
  const given = data as LoadPlan;
  const modeField: FieldRule = oneOf(MODE_NAMES);
  const unknownMode = problemOfFields({ mode: given.mode }, { mode: modeField });
  if (unknownMode !== undefined) throw wrong(unknownMode, `the modes are ${MODE_NAMES.join(", ")}`);
  const mode = modeOf(given);
  const fields = fieldsOf(given.mode);
  const problem =
    problemOfFields(given as unknown as Readonly<Record<string, unknown>>, fields) ?? mode.problemOf?.(given);
  if (problem !== undefined) throw wrong(problem, `its fields are ${Object.keys(fields).join(", ")}`);
  const able = enginesFor(given.protocol === "v2-grpc" ? "grpc" : "http");
  if (!able.includes(given.engine))
    throw wrong(`engine ${given.engine} does not speak ${given.protocol}`, `use the engine ${able.join(" or ")}`);
  if (mode.open(given) && given.engine !== "wire")
    throw wrong(`engine ${given.engine} does not send at instants of its own`, "use the engine wire");
  return { ...given };
}

function fieldsOf(mode: LoadPlan["mode"]): Readonly<Record<string, FieldRule>> {
  const { durationMs: _durationMs, autoExtendMs: _autoExtendMs, ...ofStages } = SETTINGS_FIELDS;
  return { mode: oneOf(MODE_NAMES), ...(mode === "stages" ? ofStages : SETTINGS_FIELDS), ...MODES[mode].fields };
}

function wrong(problem: string, hint: string): InfermarkError {
  return new InfermarkError("USAGE", `the load plan is wrong: ${problem}`, { hint });
}

import { InfermarkError, messageOf } from "../base/errors.ts";
import { type LoadPlan, parseLoadPlan } from "../load/index.ts";
import { readMix } from "./load-mix.ts";
import { fileBytes } from "./read-file.ts";
import type { Settings } from "./settings.ts";

/** The load plans in a file: those of a result document, one plan, or a list of plans. Throws USAGE. */
export function readPlans(file: string): readonly LoadPlan[] {
  let data: unknown;
  try {
    data = JSON.parse(fileBytes(file).toString("utf8"));
  } catch (cause) {
    if (cause instanceof InfermarkError) throw cause;
    throw new InfermarkError("USAGE", `${file} is not JSON: ${messageOf(cause)}`, {
      hint: "give a result.json, a load plan or a list of load plans",
      cause,
    });
  }
  const plans = plansIn(data);
  if (plans.length === 0)
    throw new InfermarkError("USAGE", `${file} holds no load plan`, {
      hint: "give the result.json of a run with load",
    });
  return plans.map(parseLoadPlan);
}

/** The settings with the models of the plans and mixes that are to run, so that the target is asked about them. */
export function withModelsOfPlans(settings: Settings): Settings {
  const mixed = readMix(settings);
  if (settings.plan === undefined && mixed.length === 0) return settings;
  const planned = settings.plan === undefined ? [] : readPlans(settings.plan);
  const planModels = planned.flatMap(({ model, mix }) => (mix ? mix.map((part) => part.model) : [model]));
  const models = [...planModels, ...mixed.map(({ model }) => model)];
  return { ...settings, model: [...new Set([...settings.model, ...models])] };
}

function plansIn(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  const { schema, load } = (data ?? {}) as { schema?: unknown; load?: { runs?: readonly { plan?: unknown }[] } };
  if (schema === undefined) return [data];
  return load?.runs?.map(({ plan }) => plan) ?? [];
}

import { InfermarkError } from "../base/errors.ts";
import type { MixPart } from "../load/index.ts";
import type { Settings } from "./settings.ts";

/** What `--mix` asks for; empty where it was not given. Throws USAGE for what is no part of a mix. */
export function readMix({ mix }: Pick<Settings, "mix">): readonly MixPart[] {
  return mix.map((written) => {
    // Names of models may have colons.
    const [, model, rows = "1", weight] = /^(.+?)(?::(\d+))?=(\d+)$/.exec(written) ?? [];
    if (model !== undefined) return { model, batch: Number(rows), weight: Number(weight) };
    throw new InfermarkError("USAGE", `--mix "${written}" is not MODEL[:ROWS]=WEIGHT`, {
      hint: "write it like resnet=3 or bert:8=1; the weight is a whole number",
    });
  });
}

/** What the models of a mix are called together, e.g. `resnet=3 + bert:8=1`. */
export function mixName(mix: readonly MixPart[]): string {
  return mix.map(({ model, batch, weight }) => `${model}${batch === 1 ? "" : `:${batch}`}=${weight}`).join(" + ");
}

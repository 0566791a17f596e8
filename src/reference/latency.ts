import { parseDuration } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { ReferenceModel } from "./world.ts";

/** Milliseconds that one inference takes, drawn anew for each. */
export type LatencyLaw = (random: Random) => number;

const FORMS = "2ms, uniform:1ms:5ms or exponential:4ms";

/** Parses a latency law: a constant such as `2ms`, `uniform:LOW:HIGH`, or `exponential:MEAN`. */
export function parseLatencyLaw(text: string): LatencyLaw {
  const [kind, ...parameters] = text.includes(":") ? text.split(":") : ["constant", text];
  const times = parameters.map((parameter) => parseDuration(parameter, "latency"));
  const [first, second] = times;
  if (kind === "constant" && times.length === 1 && first !== undefined) return () => first;
  if (kind === "uniform" && times.length === 2 && first !== undefined && second !== undefined && first <= second) {
    return (random) => first + random.next() * (second - first);
  }
  if (kind === "exponential" && times.length === 1 && first !== undefined) {
    return (random) => -Math.log(1 - random.next()) * first;
  }
  throw new InfermarkError("USAGE", `"${text}" is not a latency law`, { hint: `use ${FORMS}` });
}

/** The same model, each inference of which takes at least what the law draws. */
export function withLatency(model: ReferenceModel, law: LatencyLaw, random: Random): ReferenceModel {
  return {
    ...model,
    infer: async (call) => {
      const wait = law(random);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      return model.infer(call);
    },
  };
}

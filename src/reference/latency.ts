import { parseDuration } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { ReferenceModel } from "./world.ts";

/** Milliseconds that an inference takes which arrives at `atMs` of the monotonic clock, drawn anew for each. */
export type LatencyLaw = (random: Random, atMs: number) => number;

const FORMS = "2ms, uniform:1ms:5ms, exponential:4ms, bimodal:1ms:20ms:0.1, stall:1ms:1s:10s or queue:2ms:4";

const MOST_SERVERS = 1024;

/**
 * Parses a latency law: a constant such as `2ms`, `uniform:LOW:HIGH`, `exponential:MEAN`, `bimodal:FAST:SLOW:SHARE` with the share of slow ones,
 * `stall:BASE:LENGTH:PERIOD`, where all that arrives in the last LENGTH of a PERIOD waits for its end first, or `queue:TIME:SERVERS`, where
 * so many inferences are served at once, each for TIME, and others wait for their turn: at most SERVERS ÷ TIME a second.
 */
export function parseLatencyLaw(text: string): LatencyLaw {
  const [kind, ...parameters] = text.includes(":") ? text.split(":") : ["constant", text];
  if (kind === "bimodal" && parameters.length === 3) return bimodal(parameters as [string, string, string]);
  if (kind === "queue" && parameters.length === 2) return queue(parameters as [string, string]);
  const times = parameters.map((parameter) => parseDuration(parameter, "latency"));
  const [first, second] = times;
  if (kind === "constant" && times.length === 1 && first !== undefined) return () => first;
  if (kind === "uniform" && times.length === 2 && first !== undefined && second !== undefined && first <= second) {
    return (random) => first + random.next() * (second - first);
  }
  if (kind === "exponential" && times.length === 1 && first !== undefined) {
    return (random) => -Math.log(1 - random.next()) * first;
  }
  if (kind === "stall" && times.length === 3) {
    const [base, length, period] = times as [number, number, number];
    if (length < period) return (_random, atMs) => base + stalled(atMs % period, length, period);
  }
  throw new InfermarkError("USAGE", `"${text}" is not a latency law`, { hint: `use ${FORMS}` });
}

function bimodal([fastText, slowText, shareText]: readonly [string, string, string]): LatencyLaw {
  const [fast, slow] = [parseDuration(fastText, "latency"), parseDuration(slowText, "latency")];
  const share = Number(shareText);
  if (!(share >= 0 && share <= 1) || shareText === "")
    throw new InfermarkError("USAGE", `"${shareText}" is no share of slow inferences`, {
      hint: "give one from 0 to 1",
    });
  return (random) => (random.next() < share ? slow : fast);
}

function queue([timeText, serversText]: readonly [string, string]): LatencyLaw {
  const time = parseDuration(timeText, "latency");
  const servers = Number(serversText);
  if (!(Number.isInteger(servers) && servers >= 1 && servers <= MOST_SERVERS))
    throw new InfermarkError("USAGE", `"${serversText}" is no number of servers`, {
      hint: `give one from 1 to ${MOST_SERVERS}`,
    });
  const freeAt = new Float64Array(servers);
  return (_random, atMs) => {
    const soonest = freeAt.indexOf(Math.min(...freeAt));
    const end = Math.max(atMs, freeAt[soonest] as number) + time;
    freeAt[soonest] = end;
    return end - atMs;
  };
}

function stalled(phase: number, length: number, period: number): number {
  return phase >= period - length ? period - phase : 0;
}

/** The same model, each inference of which takes at least what the law draws; `took` hears how many milliseconds each took indeed. */
export function withLatency(
  model: ReferenceModel,
  law: LatencyLaw,
  random: Random,
  took?: (ms: number) => void,
): ReferenceModel {
  return {
    ...model,
    infer: async (call) => {
      const begun = performance.now();
      const wait = law(random, begun);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const outputs = await model.infer(call);
      took?.(performance.now() - begun);
      return outputs;
    },
  };
}

import { rankInterval } from "../../statistics/index.ts";
import type { ValidityRule } from "./rule.ts";

const PERCENTILE = 99;

/** Not valid when the right answers are too few to bound the 99th percentile. */
export const tooFewSamples: ValidityRule = ({ recorded: { latency } }) => {
  const { needed } = rankInterval(PERCENTILE / 100, latency.count);
  const fact = { key: "samples", value: `${latency.count} right answers` };
  if (needed === 0) return { fact };
  const evidence = `${latency.count} right answers do not bound p${PERCENTILE}: ${needed} more are needed`;
  return { fact, problem: { code: "too-few-samples", evidence } };
};

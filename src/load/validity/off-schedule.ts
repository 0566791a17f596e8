import { NS_PER_MS } from "../../base/clock.ts";
import { formatNanoseconds } from "../../base/duration.ts";
import type { ValidityRule } from "./rule.ts";

const MOST_LATENESS_NS = NS_PER_MS;
const MOST_SHARE_OF_MEDIAN = 0.1;

/**
 * Open loop only: not valid when requests could not be sent at all, or when one in a hundred was sent later than a millisecond and
 * than a tenth of the median latency. Latencies count from the intended instants, so they stay honest, but the load was not the one
 * that was asked for.
 */
export const offSchedule: ValidityRule = ({ recorded: { lateness, latency, counts } }) => {
  if (lateness.count === 0 && counts.notSent === 0) return {};
  const late = lateness.percentile(99);
  const fact = {
    key: "lateness",
    value: `p99 ${formatNanoseconds(late)}, at most ${formatNanoseconds(lateness.maxNs)}`,
  };
  if (counts.notSent > 0) {
    const evidence = `${counts.notSent} requests that were due could not be sent before the phase ended`;
    return { fact, problem: { code: "off-schedule", evidence } };
  }
  const most = Math.max(MOST_LATENESS_NS, MOST_SHARE_OF_MEDIAN * latency.percentile(50));
  if (late <= most) return { fact };
  const evidence = `one request in a hundred was sent more than ${formatNanoseconds(late)} after it was due; at most ${formatNanoseconds(most)} keeps the schedule`;
  return { fact, problem: { code: "off-schedule", evidence } };
};

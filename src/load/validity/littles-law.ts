import type { Measured } from "../measured.ts";
import { type Finding, percentText } from "./rule.ts";

/** What the histograms round away. */
const ROUNDING = 0.002;
const MOST_IDLE = 0.25;

/**
 * Closed loop only: the times of all requests, added up and divided by the length of the phase, are the mean number in flight
 * (J. D. C. Little, A proof for the queuing formula L = λW, Operations Research 9, 1961). More than were ever in flight: the times are
 * wrong. A quarter less than there should be: answers waited for the client before the next request went out, which no latency shows.
 */
export function littlesLaw({ concurrency, recorded }: Pick<Measured, "concurrency" | "recorded">): Finding {
  const { service, failedLatency, lengthNs } = recorded;
  if (concurrency === undefined || service.count + failedLatency.count === 0 || lengthNs === 0) return {};
  const inFlight = (service.count * service.meanNs + failedLatency.count * failedLatency.meanNs) / lengthNs;
  const fact = { key: "in flight", value: `${inFlight.toFixed(2)} of ${concurrency} by Little's law` };
  // What was in flight at the end of the phase counts with all of its time.
  const most = concurrency * (1 + ROUNDING + Math.max(service.maxNs, failedLatency.maxNs) / lengthNs);
  if (inFlight > most) {
    const evidence = `the times of the requests add up to ${inFlight.toFixed(2)} in flight where there were at most ${concurrency}: they cannot be right`;
    return { fact, problem: { code: "clock", evidence } };
  }
  const idle = 1 - inFlight / concurrency;
  if (idle <= MOST_IDLE) return { fact };
  const evidence = `${percentText(idle)} of the time that requests could have been in flight passed between an answer and the next request: the client, or opening connections, was the limit`;
  return { fact, problem: { code: "client-limited", evidence } };
}

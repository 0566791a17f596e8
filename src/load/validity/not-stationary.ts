import { NS_PER_MS } from "../../base/clock.ts";
import { formatNanoseconds } from "../../base/duration.ts";
import { driftOf, joined, mean } from "../../statistics/index.ts";
import type { Measured } from "../measured.ts";
import { fullWindows, windowRates } from "../metrics/rate-estimate.ts";
import { type Finding, percentText } from "./rule.ts";

const MOST_DRIFT = 0.1;
const PRECISION = 0.05;
/** Long windows even out that few answers come to a short one. */
const WINDOWS = 30;
/** The phase begins with nothing in flight, so that no answer can come at first; this much of it may be passed over for that. */
const MOST_FILLING = 0.25;

/**
 * Not valid when throughput drifted over the phase. Where it is too noisy to say that it did not by more than a tenth, its mean must at least
 * be known to a twentieth: a drift that this does not show moves the mean by no more than its interval tells. Not judged where the load
 * itself was to change.
 */
export function notStationary({ recorded, changing }: Pick<Measured, "recorded" | "changing">): Finding {
  if (changing) return {};
  const rates = joined(steadyRates(recorded), WINDOWS);
  const drift = driftOf(rates, MOST_DRIFT);
  if (drift === undefined) {
    if (recorded.okWithin === 0) return {};
    const evidence = `the phase of ${formatNanoseconds(recorded.lengthNs)} is too short to tell whether throughput was steady`;
    return { problem: { code: "too-few-samples", evidence } };
  }
  const { change, halfWidth, meanHalfWidth, verdict, needed } = drift;
  const value = `throughput changed by ${change < 0 ? "-" : "+"}${percentText(Math.abs(change))} ± ${percentText(halfWidth)} over the phase`;
  const fact = { key: "drift", value };
  if (verdict === "stable") return { fact };
  if (verdict === "drifting") {
    const evidence = `${value}: the server was not in a steady state`;
    return { fact, problem: { code: "not-stationary", evidence } };
  }
  if (meanHalfWidth <= PRECISION) {
    const limit = `a drift of ${percentText(MOST_DRIFT)} is not excluded, the mean is known to ± ${percentText(meanHalfWidth)}`;
    return { fact: { key: "drift", value: `${value}: ${limit}` } };
  }
  const longer = Math.min((rates.length + needed) / rates.length, (meanHalfWidth / PRECISION) ** 2);
  const evidence = `${value} and its mean is known to ± ${percentText(meanHalfWidth)}, which neither excludes a drift of ${percentText(MOST_DRIFT)} nor tells the throughput to ${percentText(PRECISION)}: a phase about ${Math.ceil(longer * 10) / 10} times as long would`;
  return { fact, problem: { code: "too-few-samples", evidence } };
}

/**
 * Right answers per second of the full windows, without those before most of the first answers could come. In an open loop the arrivals' own
 * noise is taken off, since the difference between what was due and what came is the server's: a control variate (S. M. Ross, Simulation, section 9.2).
 */
function steadyRates({ windows, latency, lengthNs }: Measured["recorded"]): readonly number[] {
  const fillingMs = Math.min(latency.count === 0 ? 0 : latency.percentile(90), MOST_FILLING * lengthNs) / NS_PER_MS;
  const filled = fullWindows(windows).filter(({ startMs }) => startMs >= fillingMs);
  const expected = mean(filled.map(({ due = 0 }) => due));
  return windowRates(filled, ({ due, ok }) => (due === undefined ? ok : expected + ok - due));
}

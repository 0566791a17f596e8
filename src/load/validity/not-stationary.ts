import { driftOf, joined } from "../../statistics/index.ts";
import { windowRates } from "../metrics/rate-estimate.ts";
import { percentText, type ValidityRule } from "./rule.ts";

const MOST_DRIFT = 0.1;
/** Long windows even out that few answers come to a short one. */
const WINDOWS = 30;

/** Not valid when throughput drifted over the phase, or when the phase is too short or too noisy to say that it did not by more than a tenth. Not judged where the load itself was to change. */
export const notStationary: ValidityRule = ({ recorded: { windows }, changing }) => {
  if (changing) return {};
  const rates = joined(
    windowRates(windows, ({ ok }) => ok),
    WINDOWS,
  );
  const drift = driftOf(rates, MOST_DRIFT);
  if (drift === undefined) return {};
  const { change, halfWidth, verdict, needed } = drift;
  const value = `throughput changed by ${change < 0 ? "-" : "+"}${percentText(Math.abs(change))} ± ${percentText(halfWidth)} over the phase`;
  const fact = { key: "drift", value };
  if (verdict === "stable") return { fact };
  if (verdict === "drifting") {
    const evidence = `${value}: the server was not in a steady state`;
    return { fact, problem: { code: "not-stationary", evidence } };
  }
  const longer = (rates.length + needed) / rates.length;
  const evidence = `${value}, which does not tell a steady state from a drift of ${percentText(MOST_DRIFT)}: a phase about ${Math.ceil(longer * 10) / 10} times as long would`;
  return { fact, problem: { code: "too-few-samples", evidence } };
};

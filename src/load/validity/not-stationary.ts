import { halvesDiffer, mean } from "../../statistics/index.ts";
import { windowRates } from "../metrics/rate-estimate.ts";
import { percentText, type ValidityRule } from "./rule.ts";

const MOST_DRIFT = 0.1;

/** Not valid when the throughput of the second half of the phase surely differs from the first half's by more than a tenth. */
export const notStationary: ValidityRule = ({ recorded: { windows } }) => {
  const rates = windowRates(windows, ({ ok }) => ok);
  const halves = halvesDiffer(rates);
  const level = mean(rates);
  if (halves === undefined || level === 0) return {};
  const drift = halves.difference / level;
  const uncertainty = halves.halfWidth / level;
  const value = `throughput of the second half ${drift < 0 ? "-" : "+"}${percentText(Math.abs(drift))} ± ${percentText(uncertainty)} against the first`;
  const fact = { key: "drift", value };
  if (Math.abs(drift) - uncertainty <= MOST_DRIFT) return { fact };
  const evidence = `${value}, more than ${percentText(MOST_DRIFT)}: the server was not in a steady state`;
  return { fact, problem: { code: "not-stationary", evidence } };
};

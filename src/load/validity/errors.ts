import { errorRate } from "../metrics/error-rate.ts";
import { OUTCOME_NAMES } from "../recorder.ts";
import { percentText, type ValidityRule } from "./rule.ts";

const MOST_ERRORS = 0.01;

/** Not valid when more than one request in a hundred did not come to a right answer: the rest is not the load that was asked for. */
export const errors: ValidityRule = (measured) => {
  const rate = errorRate.from(measured);
  if (rate === undefined) return {};
  const { counts } = measured.recorded;
  const kinds = OUTCOME_NAMES.filter((name) => name !== "ok" && counts[name] > 0).map(
    (name) => `${name} ${counts[name]}`,
  );
  const fact = { key: "errors", value: kinds.length === 0 ? "none" : `${percentText(rate)} (${kinds.join(", ")})` };
  if (rate <= MOST_ERRORS) return { fact };
  const evidence = `${percentText(rate)} of the requests did not come to a right answer (${kinds.join(", ")}); at most ${percentText(MOST_ERRORS)} may`;
  return { fact, problem: { code: "errors", evidence } };
};

import type { PointValidity } from "../load-point.ts";
import type { Measured } from "../measured.ts";
import { clientLimited } from "./client-limited.ts";
import { clock } from "./clock.ts";
import { errors } from "./errors.ts";
import { interrupted } from "./interrupted.ts";
import { littlesLaw } from "./littles-law.ts";
import { notStationary } from "./not-stationary.ts";
import { offSchedule } from "./off-schedule.ts";
import type { ValidityRule } from "./rule.ts";
import { serverCounted } from "./server-counted.ts";
import { tooFewSamples } from "./too-few-samples.ts";
import { workerLost } from "./worker-lost.ts";

const RULES: readonly ValidityRule[] = [
  interrupted,
  workerLost,
  clock,
  errors,
  clientLimited,
  littlesLaw,
  offSchedule,
  notStationary,
  tooFewSamples,
  serverCounted,
];

/** Whether a measurement means what it says, with all that speaks against it and what was looked at. */
export function judgeValidity(measured: Measured): PointValidity {
  const findings = RULES.map((rule) => rule(measured));
  const problems = findings.flatMap(({ problem }) => (problem ? [{ ...problem }] : []));
  return {
    valid: problems.length === 0,
    problems,
    evidence: findings.flatMap(({ fact }) => (fact ? [{ ...fact }] : [])),
  };
}

import { formatNanoseconds } from "../../base/duration.ts";
import type { JudgedThreshold, LoadPoint, LoadRun, ResultDocument } from "../../result/index.ts";
import { bestPoint, loadName, loadText, numberText, problemCodesOf } from "../load-label.ts";
import { loadVerdicts } from "../load-verdicts.ts";
import { p99Of, sweepLines } from "../sweep.ts";
import { type Answer, counted, listed } from "./answer.ts";

const QUESTION = "What does it carry?";
const MOST_RUNS = 6;

/** The greatest throughput of a valid measurement and at which load, or why there is no number. */
export function carries({ load, thresholds }: ResultDocument): Answer {
  const runs = load?.runs.filter(({ points }) => points.length > 0) ?? [];
  const points = runs.flatMap((run) => run.points);
  if (points.length === 0) {
    const says = load ? "No number can be given: nothing was measured." : "Not measured: no load was sent.";
    return { question: QUESTION, tone: load ? "open" : "none", says, because: [] };
  }
  const best = bestPoint(points);
  const because = [
    ...(best ? [] : reasonTexts(points)),
    ...runs.slice(0, MOST_RUNS).flatMap((run) => runTexts(run, best)),
    ...(runs.length > MOST_RUNS
      ? [`${counted(runs.length - MOST_RUNS, "more run is", "more runs are")} listed below.`]
      : []),
    ...thresholdTexts(thresholds),
  ];
  return { question: QUESTION, because, ...verdictOf(points, best, thresholds) };
}

function verdictOf(
  points: readonly LoadPoint[],
  best: LoadPoint | undefined,
  thresholds: readonly JudgedThreshold[],
): Pick<Answer, "says" | "tone"> {
  if (!best) {
    const none =
      points.length === 1 ? "the measurement is not valid" : `none of ${points.length} measurements is valid`;
    return {
      tone: "open",
      says: `No number can be given: ${none} (${codesText(points)}).`,
    };
  }
  const missed = thresholds.some(({ status }) => status === "missed");
  const undecided = thresholds.some(({ status }) => status === "undecided");
  return { tone: missed ? "bad" : undecided ? "open" : "good", says: `${capacityText(best)}: ${loadName(best)}.` };
}

/** What a valid point carried. */
function capacityText(point: LoadPoint): string {
  const { inferences, throughput, batch } = point;
  const p99 = p99Of(point);
  const requests = batch === 1 ? "" : ` in ${numberText(throughput.value)} requests/s`;
  const tail = p99 === undefined ? "" : `, p99 ${formatNanoseconds(p99)}`;
  return `${numberText(inferences.value)} inferences/s${intervalText(inferences)}${requests} at ${loadText(point)}${tail}`;
}

function intervalText({ low, high }: LoadPoint["inferences"]): string {
  return low === undefined || high === undefined ? "" : ` (95 % CI ${numberText(low)} – ${numberText(high)})`;
}

/** What a run adds to the number above. */
function runTexts(run: LoadRun, overall: LoadPoint | undefined): readonly string[] {
  const best = bestPoint(run.points);
  if (!best) {
    const none = `${loadName(run.points[0] as LoadPoint)}: no number (${codesText(run.points)}).`;
    return [...(overall ? [none] : []), ...loadVerdicts(run)];
  }
  const own = best === overall ? limitTexts(run, best) : [`${loadName(best)}: ${capacityText(best)}.`];
  return [...own, ...loadVerdicts(run)];
}

function codesText(points: readonly LoadPoint[]): string {
  return listed(problemCodesOf(points).map(({ code }) => code));
}

/** The reasons in full, where there is no number, each as the first measurement has it. */
function reasonTexts(points: readonly LoadPoint[]): readonly string[] {
  return problemCodesOf(points).map(({ code, points: count, evidence }) => {
    const where = points.length === 1 ? "" : ` (${count} of ${points.length} measurements), the first time`;
    return `${code}${where}: ${evidence}.`;
  });
}

/** Whether what was carried is all that can be, as far as the points of the run tell. */
function limitTexts({ points, search, scenario }: LoadRun, best: LoadPoint): readonly string[] {
  if (search || scenario) return [];
  const line = sweepLines(points).find((each) => each.points.includes(best));
  if (!line) return points.length > 1 ? [] : ["One load was tried: whether it carries more is not known."];
  const knee =
    line.knee === undefined
      ? []
      : [`The knee is at ${loadText(line.knee)}: beyond it latency grows faster than throughput.`];
  if (line.points.at(-1) !== best) return knee;
  return [...knee, "The greatest load that was tried gave it: the limit may be higher."];
}

function thresholdTexts(thresholds: readonly JudgedThreshold[]): readonly string[] {
  return thresholds.map(
    ({ expression, status, reason }) => `${expression}: ${status}${reason === undefined ? "" : `, ${reason}`}.`,
  );
}

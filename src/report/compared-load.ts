import { formatNanoseconds } from "../base/duration.ts";
import type { ComparedNumber, ComparedPoint, LoadComparison, LoadVerdict, PointSettings } from "../result/index.ts";
import { counted } from "./answers/answer.ts";
import { percentText } from "./number-texts.ts";

/** What distinguishes a compared point from the others, all its settings when nothing does. */
export function comparedLabel(settings: PointSettings, all: readonly PointSettings[]): string {
  const texts = all.map(settingTexts);
  const own = settingTexts(settings);
  const varying = own.filter((text, index) => texts.some((other) => other[index] !== text));
  return (varying.length > 0 ? varying : own).filter((text) => text !== "").join(" · ");
}

function settingTexts(settings: PointSettings): readonly string[] {
  const { stage = "", concurrency, requestRate = 0, arrivals, batch, encoding, protocol, model, engine } = settings;
  const load =
    concurrency === undefined
      ? `${requestRate}/s intended${arrivals === undefined ? "" : `, ${arrivals}`}`
      : `${concurrency} in flight`;
  return [stage, load, `batch ${batch}`, encoding, protocol, model, engine];
}

/** The verdict on a point: the worst of its numbers. */
export function pointVerdict({ numbers }: ComparedPoint): LoadVerdict {
  const order: readonly LoadVerdict[] = ["regressed", "inconclusive", "improved", "pass"];
  return order.find((verdict) => numbers.some((number) => number.verdict === verdict)) ?? "pass";
}

/** How sure the intervals are, and what is let pass. */
export function confidenceText({ confidence, minEffect, points }: LoadComparison): string {
  return `${counted(points.length, "point")} compared; each interval holds with ${percentText(confidence, 5)}, so that all verdicts together blame equals in at most 1 of 100 comparisons; a change surely below ${percentText(minEffect)} passes`;
}

/** A value of a compared number. */
export function valueText(metric: ComparedNumber["metric"], value: number | undefined): string {
  if (value === undefined) return "—";
  if (metric === "error-rate") return percentText(value);
  return metric === "throughput" ? `${value.toFixed(1)}/s` : formatNanoseconds(value);
}

/** The change with its interval: `+4.9 % (+4.7 to +5.1 %)`, of the error rate in points; empty where there is none. */
export function changeText({ metric, change }: ComparedNumber): string {
  if (change === undefined) return "";
  const relative = metric === "error-rate" ? (value: number) => value : (value: number) => value - 1;
  const unit = metric === "error-rate" ? "points" : "%";
  const end = (value: number | undefined, unbounded: string) =>
    value === undefined ? unbounded : signed(relative(value));
  return `${signed(relative(change.value))} ${unit} (${end(change.low, "unbounded")} to ${end(change.high, "unbounded")} ${unit})`;
}

/** The least change that would have been found nine times in ten; empty where it is not known. */
export function detectableText({ metric, detectable }: ComparedNumber): string {
  if (detectable === undefined) return "";
  return metric === "error-rate"
    ? `${signed(detectable).slice(1)} points`
    : percentText(detectable, detectable < 0.001 ? 2 : 3);
}

/** Why a number is inconclusive and what would settle it; empty for others. */
export function reasonText({ reason, windowsNeeded }: ComparedNumber, windowMs: number): string {
  if (reason === undefined) return "";
  if (windowsNeeded === undefined) return reason;
  const each = formatNanoseconds(windowMs * 1e6);
  const all = formatNanoseconds(windowMs * windowsNeeded * 1e6);
  return `needs about ${windowsNeeded} more windows of ${each} (${all}) in each document`;
}

function signed(share: number): string {
  const text = String(Number((100 * Math.abs(share)).toPrecision(2)));
  return `${share < 0 ? "−" : "+"}${text}`;
}

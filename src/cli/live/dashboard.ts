import { formatNanoseconds } from "../../base/duration.ts";
import type { LoadView } from "./load-view.ts";

const BAR = 24;
const SPARKS = "▁▂▃▄▅▆▇█";
const MOST_SPARKS = 40;

/** A run in a few lines of at most so many columns. `rates` are the rates of its last seconds, the newest at the end. */
export function dashboardLines(view: LoadView, rates: readonly number[], columns: number): readonly string[] {
  const { phase, elapsedMs, lengthMs, requestsPerSecond, errors, latenessP99Ns } = view;
  const share = lengthMs > 0 ? Math.min(1, elapsedMs / lengthMs) : 1;
  const filled = Math.round(share * BAR);
  const left = view.leftMs === undefined ? "" : `, ${durationText(view.leftMs)} left in all`;
  const lines = [
    [`${view.runs > 1 ? `run ${view.run} of ${view.runs}: ` : ""}${view.plan}`],
    [`point ${view.point}${view.points === undefined ? "" : ` of ${view.points}`}: ${view.load}`],
    [
      phase,
      `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${durationText(elapsedMs)} of ${durationText(lengthMs)}${left}`,
    ],
    ["rate", `${requestsPerSecond.toFixed(requestsPerSecond < 100 ? 1 : 0)} answers/s  ${sparkline(rates)}`],
    ["latency", latencyText(view)],
    ...(latenessP99Ns === undefined ? [] : [["lateness", `p99 ${formatNanoseconds(latenessP99Ns)}`]]),
    ["errors", String(errors)],
  ];
  return lines.map(([name = "", text]) => fitted(text === undefined ? name : `${name.padEnd(10)}${text}`, columns));
}

/** The same in one line, for where lines are not rewritten. */
export function progressLine(view: LoadView): string {
  const { phase, elapsedMs, lengthMs, requestsPerSecond, latenessP99Ns, errors, point, points, load } = view;
  const late = latenessP99Ns === undefined ? "" : `, ${formatNanoseconds(latenessP99Ns)} late at p99`;
  const which = points === 1 ? "" : `point ${point}${points === undefined ? "" : ` of ${points}`} (${load}), `;
  return `${which}${phase} ${durationText(elapsedMs)} of ${durationText(lengthMs)}, ${Math.round(requestsPerSecond)} answers/s, ${latencyText(view)}${late}, ${errors} errors`;
}

function latencyText({ p50Ns, p90Ns, p99Ns, p999Ns }: LoadView): string {
  const told = Object.entries({ p50: p50Ns, p90: p90Ns, p99: p99Ns, "p99.9": p999Ns }).flatMap(([name, ns]) =>
    ns === undefined ? [] : [`${name} ${formatNanoseconds(ns)}`],
  );
  return told.length === 0 ? "no answer yet" : told.join("  ");
}

function sparkline(rates: readonly number[]): string {
  const shown = rates.slice(-MOST_SPARKS);
  const most = Math.max(...shown, 0);
  if (most === 0) return "";
  return shown.map((rate) => SPARKS[Math.round((rate / most) * (SPARKS.length - 1))] ?? "").join("");
}

/** A length for people: `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  return minutes < 100
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Cut to the width of a terminal, in which some characters take two columns and a peer may have put none that steer it. */
export function fitted(text: string, columns: number): string {
  let left = columns;
  let kept = "";
  for (const character of text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, " ")) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return kept;
}

function widthOf(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  // East Asian scripts and pictures; block elements are narrow.
  return code >= 0x1100 && !(code >= 0x2000 && code < 0x2e80) ? 2 : 1;
}

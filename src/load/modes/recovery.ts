import { holds, type Threshold } from "../../base/threshold.ts";
import type { LoadPoint, PointWindow } from "../load-point.ts";
import { objectivesOf } from "./objectives.ts";

const ENOUGH = 0.9;

/** How soon a service was itself again after an overload. */
export interface Recovery {
  stage: string;
  /** What a window had to meet, in words. */
  criteria: string[];
  /** From the begin of the stage to the begin of its first window that did; absent when none did. */
  afterMs?: number;
  /** The width of the windows: the time is known no better. */
  withinMs: number;
}

/** Looks through the windows of a stage for the first that meets the objectives, or nine tenths of the stage's rate where there are none. */
export function recoveryOf({ stage = "", windows, requestRate = 0 }: LoadPoint, texts: readonly string[]): Recovery {
  const objectives = objectivesOf(texts);
  const wanted = ENOUGH * requestRate;
  const back = (window: PointWindow) =>
    objectives.length === 0
      ? (window.ok * 1000) / window.durationMs >= wanted
      : objectives.every((objective) => meets(window, objective));
  const first = windows.find((window) => window.ok > 0 && back(window));
  return {
    stage,
    criteria: texts.length > 0 ? [...texts] : [`throughput>=${Number(wanted.toPrecision(6))}/s`],
    ...(first && { afterMs: first.startMs }),
    withinMs: windows[0]?.durationMs ?? 0,
  };
}

function meets(window: PointWindow, objective: Threshold): boolean {
  const perSecond = 1000 / window.durationMs;
  const values: Readonly<Record<string, number | undefined>> = {
    p50: window.p50Ns,
    p99: window.p99Ns,
    "error-rate": window.failed / (window.ok + window.failed),
    throughput: window.ok * perSecond,
    inferences: window.inferences * perSecond,
  };
  const value = values[objective.metric];
  return value !== undefined && holds(value, objective);
}

import type { ProcessUsage } from "../../telemetry/index.ts";
import { Outcome, type PhaseSummary } from "../engine.ts";
import type { WorkerPart } from "../phase-runner.ts";
import type { PartSpan, PhaseTask } from "../phase-task.ts";
import type { LoadProgress } from "../progress.ts";
import type { PhaseRecorder } from "../recorder.ts";
import type { Share, WorkerResult } from "./messages.ts";
import { sharedArrivals } from "./share.ts";

const MOST_SAMPLES_OF_A_KIND = 3;

/** What all workers did, as one summary; `lost` says of each that was lost how. */
export function mergeSummaries(summaries: readonly PhaseSummary[], lost: readonly string[]): PhaseSummary {
  const sum = (of: (summary: PhaseSummary) => number) => summaries.reduce((total, summary) => total + of(summary), 0);
  const samples = summaries.flatMap(({ errorSamples }) => errorSamples);
  return {
    sent: sum(({ sent }) => sent),
    completed: sum(({ completed }) => completed),
    reconnects: sum(({ reconnects }) => reconnects),
    fullChecks: sum(({ fullChecks }) => fullChecks),
    wrongAnswers: [...new Set(summaries.flatMap(({ wrongAnswers }) => wrongAnswers))].slice(0, MOST_SAMPLES_OF_A_KIND),
    errorSamples: [...lost.map((message) => ({ outcome: Outcome.notSent, message })), ...fewOfAKind(samples)],
  };
}

function fewOfAKind(samples: PhaseSummary["errorSamples"]): PhaseSummary["errorSamples"] {
  const distinct = samples.filter(
    ({ outcome, message }, i) =>
      samples.findIndex((each) => each.outcome === outcome && each.message === message) === i,
  );
  return distinct.filter(
    ({ outcome }, i) => distinct.slice(0, i).filter((each) => each.outcome === outcome).length < MOST_SAMPLES_OF_A_KIND,
  );
}

/** Processor time and memory of all processes; the event loop of the busiest worker, and the stalls of the one that had most. */
export function mergeUsage(parent: ProcessUsage, workers: readonly ProcessUsage[]): ProcessUsage {
  const sum = (of: (usage: ProcessUsage) => number) => workers.reduce((total, usage) => total + of(usage), of(parent));
  return {
    ...parent,
    cpuMs: sum(({ cpuMs }) => cpuMs),
    rssBytes: sum(({ rssBytes }) => rssBytes),
    eventLoopUtilisation: Math.max(0, ...workers.map(({ eventLoopUtilisation }) => eventLoopUtilisation)),
    stalledMs: Math.max(0, ...workers.map(({ stalledMs = 0 }) => stalledMs)),
  };
}

/** Rates and errors of all workers; the greatest of their percentiles, since percentiles cannot be added. */
export function mergeProgress(parts: readonly LoadProgress[]): LoadProgress | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const greatest = (times: readonly (number | undefined)[]) => {
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const times = TIMES.flatMap((name) => {
    const time = greatest(parts.map((part) => part[name]));
    return time === undefined ? [] : [[name, time] as const];
  });
  return {
    phase: first.phase,
    elapsedMs: Math.max(...parts.map(({ elapsedMs }) => elapsedMs)),
    lengthMs: first.lengthMs,
    requestsPerSecond: parts.reduce((sum, part) => sum + part.requestsPerSecond, 0),
    ...Object.fromEntries(times),
    errors: parts.reduce((sum, { errors }) => sum + errors, 0),
  };
}

const TIMES = ["p50Ns", "p90Ns", "p99Ns", "p999Ns", "latenessP99Ns"] as const;

export function partOf(worker: number, { summary, recorded, client, clientWhileSending }: WorkerResult): WorkerPart {
  return {
    worker,
    sent: summary.sent,
    ok: recorded.counts[Outcome.ok] ?? 0,
    client,
    clientWhileSending,
    ...(summary.awakeMs !== undefined && { awakeMs: summary.awakeMs }),
  };
}

const NOTHING: ProcessUsage = { elapsedMs: 0, wallMs: 0, cpuMs: 0, eventLoopUtilisation: 0, rssBytes: 0 };

export function lostPart(worker: number, lost: string): WorkerPart {
  return { worker, sent: 0, ok: 0, client: NOTHING, clientWhileSending: NOTHING, lost };
}

/**
 * Open loop: all that was due from a lost worker counts as not sent and as waiting to the end of the part, since nobody knows what became of
 * it. `parts` are those of the phase, in order.
 */
export function recordLost(
  parts: readonly (PartSpan & { readonly recorder: PhaseRecorder })[],
  task: PhaseTask,
  share: Share,
): void {
  const arrivals = sharedArrivals(task, share);
  const [first] = parts;
  if (!arrivals || !first) return;
  let due = first.startNs + arrivals.next();
  for (const part of parts) {
    const endNs = part.startNs + part.lengthNs;
    for (; due < endNs || (due === endNs && part === parts.at(-1)); due = first.startNs + arrivals.next())
      part.recorder.record(due, endNs, endNs, Outcome.notSent, 0, 0);
  }
}

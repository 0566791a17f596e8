import { type Clock, NS_PER_MS } from "../base/clock.ts";
import { type ProcessUsage, watchProcess, watchStalls } from "../telemetry/index.ts";
import type { AnswerCheck, Engine, PhaseSoFar, PhaseSummary, Recorder } from "./engine.ts";
import { partSpans } from "./phase-task.ts";
import { createRecorder, OUTCOME_NAMES, type PhaseRecorder } from "./recorder.ts";
import type { PhasePart, PhasePlan } from "./run-phase.ts";

/** The parts of a running phase. */
export interface PhaseParts {
  /** Gives each request to the part in which it was due. */
  readonly recorder: Recorder;
  /** Counts full checks where they are made. */
  readonly answers: AnswerCheck;
  /** Of each part, in order. */
  readonly recorders: readonly PhaseRecorder[];
  /** What was seen of each, once the phase is over. */
  ended(summary: PhaseSummary): readonly PhasePart[];
  stop(): void;
  destroy(): void;
}

interface Part {
  readonly recorder: PhaseRecorder;
  readonly startNs: number;
  readonly deadlineNs: number;
  /** Since its begin. */
  usage?: () => ProcessUsage;
  /** At its deadline. */
  whileSending?: ProcessUsage;
  soFar?: PhaseSoFar;
  fullChecks: number;
}

interface Surroundings {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly answers: AnswerCheck;
}

/** Begins the parts of a phase that begins now. */
export function createParts(plan: PhasePlan, startNs: number, { engine, clock, answers }: Surroundings): PhaseParts {
  const parts = partSpans(plan, startNs).map(
    (span): Part => ({
      recorder: createRecorder(span.startNs, span.lengthNs, plan.arrivals !== undefined),
      startNs: span.startNs,
      deadlineNs: span.startNs + span.lengthNs,
      fullChecks: 0,
    }),
  );
  const last = parts.length - 1;
  const partAt = (ns: number): Part => {
    let index = 0;
    while (index < last && ns >= (parts[index] as Part).deadlineNs) index++;
    return parts[index] as Part;
  };
  const [first] = parts as [Part];
  const stalls = watchStalls();
  first.usage = watchProcess();
  let stalledBeforeMs = 0;
  const timers = parts.map((part, index) =>
    setTimeout(
      () => {
        const next = parts[index + 1];
        const stalledMs = stalls.stalledMs();
        if (part.usage) part.whileSending = { ...part.usage(), stalledMs: stalledMs - stalledBeforeMs };
        stalledBeforeMs = stalledMs;
        if (engine.soFar) part.soFar = engine.soFar();
        if (next) next.usage = watchProcess();
      },
      Math.max(0, (part.deadlineNs - clock.now()) / NS_PER_MS),
    ),
  );
  return {
    // A phase of one part pays nothing for there being parts.
    recorder: last === 0 ? first.recorder : { record: (...args) => partAt(args[0]).recorder.record(...args) },
    answers: last === 0 ? answers : counting(answers, () => partAt(clock.now())),
    recorders: parts.map(({ recorder }) => recorder),
    ended: (summary) => {
      const now = clock.now();
      return parts.map((part, index) => {
        const after = part.usage?.() ?? (first.usage as () => ProcessUsage)();
        // A part that another one followed was over when that began.
        const client = (index < last ? part.whileSending : undefined) ?? after;
        return {
          recorder: part.recorder,
          startNs: part.startNs,
          endNs: Math.max(part.startNs, index < last ? Math.min(part.deadlineNs, now) : now),
          summary: last === 0 ? summary : share(part, parts[index - 1]?.soFar, summary, index === last),
          client,
          clientWhileSending: part.whileSending ?? client,
        };
      });
    },
    stop: () => {
      stalls.stop();
      timers.forEach(clearTimeout);
    },
    destroy: () => {
      for (const { recorder } of parts) recorder.destroy();
    },
  };
}

function counting(answers: AnswerCheck, partNow: () => Part): AnswerCheck {
  return {
    cheap: (request, response) => answers.cheap(request, response),
    full: (request, response) => {
      partNow().fullChecks++;
      return answers.full(request, response);
    },
  };
}

/** The share that a part has in the summary of its phase. Error texts are those of all parts in which such errors came. */
function share(
  { recorder, soFar, fullChecks, usage }: Part,
  before: PhaseSoFar | undefined,
  whole: PhaseSummary,
  isLast: boolean,
): PhaseSummary {
  const { counts } = recorder.recorded();
  const completed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const began = usage !== undefined;
  // What came after the deadline of the last part, or of the one in which the phase was stopped, belongs to it.
  const until = (isLast ? undefined : soFar) ?? { reconnects: whole.reconnects, awakeMs: whole.awakeMs ?? 0 };
  return {
    sent: completed - counts.notSent,
    completed,
    reconnects: began ? until.reconnects - (before?.reconnects ?? 0) : 0,
    awakeMs: began ? until.awakeMs - (before?.awakeMs ?? 0) : 0,
    fullChecks,
    wrongAnswers: whole.wrongAnswers,
    errorSamples: whole.errorSamples.filter(({ outcome }) => {
      const name = OUTCOME_NAMES[outcome];
      return name !== undefined && counts[name] > 0;
    }),
  };
}

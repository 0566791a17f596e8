import { type EncodedRequest, Outcome, type OutcomeCode, type Phase, type PhaseSummary } from "../engine.ts";
import { createJudge } from "./judge.ts";
import { AS_ENCODED } from "./sent-id.ts";

const MOST_SAMPLES_OF_A_KIND = 3;
const LONGEST_SAMPLE = 300;

/** Judges, records and counts what became of the requests of one phase. */
export interface Tally {
  sent(): void;
  /** An answer came in full. Times are nanoseconds of the clock; `ok` says that its status is the one of success; `serial` was written into the id. */
  answered(
    request: EncodedRequest,
    due: number,
    start: number,
    end: number,
    ok: boolean,
    status: number,
    body: Uint8Array,
    serial?: number,
  ): void;
  /** Something else became of a request. */
  failed(due: number, start: number, end: number, outcome: OutcomeCode, message: string): void;
  /** A request was due and can be sent no more. */
  notSent(due: number, now: number): void;
  /** Something was wrong that no request can be blamed for: kept as a sample, counted nowhere. */
  disturbed(outcome: OutcomeCode, message: string): void;
  summary(reconnects: number): PhaseSummary;
}

/**
 * A tally with nothing counted. `now` tells the engine's time; `crashed` hears what the check of an answer threw, which libraries would take for
 * an error of theirs.
 */
export function createTally(phase: Phase, now: () => number, crashed: (thrown: unknown) => void): Tally {
  const { recorder } = phase;
  const judge = createJudge(phase, now);
  const wrongAnswers: string[] = [];
  const errorSamples: { outcome: OutcomeCode; message: string }[] = [];
  let sent = 0;
  let completed = 0;

  const sample = (outcome: OutcomeCode, message: string) => {
    const alike = errorSamples.filter((each) => each.outcome === outcome);
    if (alike.length >= MOST_SAMPLES_OF_A_KIND || alike.some((each) => each.message === message)) return;
    errorSamples.push({ outcome, message: message.slice(0, LONGEST_SAMPLE) });
  };

  return {
    sent: () => {
      sent++;
    },
    answered: (request, due, start, end, ok, status, body, serial = AS_ENCODED) => {
      completed++;
      if (!ok) {
        const outcome = request.protocol === "grpc" ? Outcome.grpcError : Outcome.httpError;
        recorder.record(due, start, end, outcome, 0, body.length);
        sample(outcome, `status ${status}: ${new TextDecoder().decode(body.subarray(0, LONGEST_SAMPLE))}`);
        return;
      }
      let problem: string | undefined;
      try {
        problem = judge.problemOf(request, status, body, serial);
      } catch (thrown) {
        crashed(thrown);
        return;
      }
      if (problem === undefined) {
        recorder.record(due, start, end, Outcome.ok, request.inferences, body.length);
        return;
      }
      recorder.record(due, start, end, Outcome.wrongAnswer, 0, body.length);
      sample(Outcome.wrongAnswer, problem);
      if (wrongAnswers.length < MOST_SAMPLES_OF_A_KIND && !wrongAnswers.includes(problem)) wrongAnswers.push(problem);
    },
    failed: (due, start, end, outcome, message) => {
      completed++;
      recorder.record(due, start, end, outcome, 0, 0);
      sample(outcome, message);
    },
    notSent: (due, now) => {
      completed++;
      recorder.record(due, now, now, Outcome.notSent, 0, 0);
    },
    disturbed: sample,
    summary: (reconnects) => ({
      sent,
      completed,
      reconnects,
      fullChecks: judge.fullChecks,
      wrongAnswers,
      errorSamples,
    }),
  };
}

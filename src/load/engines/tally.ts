import type { Clock } from "../../base/clock.ts";
import {
  type EncodedRequest,
  Outcome,
  type OutcomeCode,
  type Phase,
  type PhaseSummary,
  type Recorder,
} from "../engine.ts";
import { Judge } from "./judge.ts";
import { AS_ENCODED } from "./sent-id.ts";

const MOST_SAMPLES_OF_A_KIND = 3;
const LONGEST_SAMPLE = 300;

/** Judges, records and counts what became of the requests of one phase. */
export class Tally {
  readonly #recorder: Recorder;
  readonly #judge: Judge;
  readonly #crashed: (thrown: unknown) => void;
  readonly #wrongAnswers: string[] = [];
  readonly #errorSamples: { outcome: OutcomeCode; message: string }[] = [];
  #sent = 0;
  #completed = 0;

  /** `crashed` hears what the check of an answer threw, which libraries would take for an error of theirs. */
  constructor(phase: Phase, clock: Clock, crashed: (thrown: unknown) => void) {
    this.#recorder = phase.recorder;
    this.#judge = new Judge(phase, clock);
    this.#crashed = crashed;
  }

  sent(): void {
    this.#sent++;
  }

  /** An answer came in full. Times are nanoseconds of the clock; `ok` says that its status is the one of success; `serial` was written into the id. */
  answered(
    request: EncodedRequest,
    due: number,
    start: number,
    end: number,
    ok: boolean,
    status: number,
    body: Uint8Array,
    serial = AS_ENCODED,
  ): void {
    this.#completed++;
    if (!ok) {
      const outcome = request.protocol === "grpc" ? Outcome.grpcError : Outcome.httpError;
      this.#recorder.record(due, start, end, outcome, 0, body.length);
      this.disturbed(outcome, `status ${status}: ${new TextDecoder().decode(body.subarray(0, LONGEST_SAMPLE))}`);
      return;
    }
    let problem: string | undefined;
    try {
      problem = this.#judge.problemOf(request, status, body, serial);
    } catch (thrown) {
      this.#crashed(thrown);
      return;
    }
    if (problem === undefined) this.#recorder.record(due, start, end, Outcome.ok, request.inferences, body.length);
    else {
      this.#recorder.record(due, start, end, Outcome.wrongAnswer, 0, body.length);
      this.#wrong(problem);
    }
  }

  /** Something else became of a request. */
  failed(due: number, start: number, end: number, outcome: OutcomeCode, message: string): void {
    this.#completed++;
    this.#recorder.record(due, start, end, outcome, 0, 0);
    this.disturbed(outcome, message);
  }

  /** A request was due and can be sent no more. */
  notSent(due: number, now: number): void {
    this.#completed++;
    this.#recorder.record(due, now, now, Outcome.notSent, 0, 0);
  }

  /** Something was wrong that no request can be blamed for: kept as a sample, counted nowhere. */
  disturbed(outcome: OutcomeCode, message: string): void {
    const alike = this.#errorSamples.filter((each) => each.outcome === outcome);
    if (alike.length >= MOST_SAMPLES_OF_A_KIND || alike.some((each) => each.message === message)) return;
    this.#errorSamples.push({ outcome, message: message.slice(0, LONGEST_SAMPLE) });
  }

  summary(reconnects: number): PhaseSummary {
    return {
      sent: this.#sent,
      completed: this.#completed,
      reconnects,
      fullChecks: this.#judge.fullChecks,
      wrongAnswers: this.#wrongAnswers,
      errorSamples: this.#errorSamples,
    };
  }

  #wrong(problem: string): void {
    this.disturbed(Outcome.wrongAnswer, problem);
    const known = this.#wrongAnswers;
    if (known.length < MOST_SAMPLES_OF_A_KIND && !known.includes(problem)) known.push(problem);
  }
}

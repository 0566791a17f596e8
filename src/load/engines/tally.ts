import { seededRandom } from "../../base/random.ts";
import { type EncodedRequest, Outcome, type OutcomeCode, type Phase, type PhaseSummary } from "../engine.ts";
import { createRightAnswers } from "./right-answers.ts";
import { AS_ENCODED, createIdFinder, sentId } from "./sent-id.ts";

const MOST_SAMPLES_OF_A_KIND = 3;
const LONGEST_SAMPLE = 300;
/** To compare a larger answer in full takes so long that answers which come meanwhile are seen late. */
const LARGE_BYTES = 64 * 1024;
/** Of the time. */
const MOST_SHARE = 1 / 200;

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
 * A tally with nothing counted. One in `fullCheckEvery` answers is compared in full; of those over 64 KiB fewer, where that would take more than one
 * two-hundredth of the time. `now` tells the engine's time; `crashed` hears what the check of an answer threw, which libraries would take for
 * an error of theirs.
 */
export function createTally(
  { recorder, answers, fullCheckEvery }: Phase,
  now: () => number,
  crashed: (thrown: unknown) => void,
): Tally {
  // Strides of random length: a fixed one could fall in step with the rotation of requests and judge always the same.
  const random = seededRandom("full checks");
  const response: { status: number; body: Uint8Array } = { status: 0, body: new Uint8Array(0) };
  const ids = createIdFinder();
  const rightAnswers = createRightAnswers();
  const wrongAnswers: string[] = [];
  const errorSamples: { outcome: OutcomeCode; message: string }[] = [];
  let untilFullCheck = 0;
  /** Since when a large answer may be compared again. */
  let largeFromNs = Number.NEGATIVE_INFINITY;
  let sent = 0;
  let completed = 0;
  let fullChecks = 0;

  const sample = (outcome: OutcomeCode, message: string) => {
    const alike = errorSamples.filter((each) => each.outcome === outcome);
    if (alike.length >= MOST_SAMPLES_OF_A_KIND || alike.some((each) => each.message === message)) return;
    errorSamples.push({ outcome, message: message.slice(0, LONGEST_SAMPLE) });
  };
  const inFull = (request: EncodedRequest, serial: number): string | undefined => {
    const id = sentId(request, serial);
    return answers.full(request, id === undefined ? response : { ...response, id });
  };
  const problemOf = (request: EncodedRequest, serial: number): string | undefined => {
    const { body } = response;
    const idFrom = ids.find(request, serial, body);
    if (!answers.cheap(request, response) || (idFrom === undefined && request.idAt !== undefined))
      return inFull(request, serial) ?? "length or id do not fit the request";
    if (untilFullCheck-- > 0) return undefined;
    untilFullCheck = random.integer(0, 2 * fullCheckEvery - 2);
    const large = body.length > LARGE_BYTES;
    const began = large ? now() : 0;
    if (large && began < largeFromNs) return undefined;
    fullChecks++;
    let problem: string | undefined;
    if (!rightAnswers.include(request, body, idFrom)) {
      problem = inFull(request, serial);
      if (problem === undefined) rightAnswers.add(request, body, idFrom);
    }
    if (large) largeFromNs = began + (now() - began) / MOST_SHARE;
    return problem;
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
      response.status = status;
      response.body = body;
      let problem: string | undefined;
      try {
        problem = problemOf(request, serial);
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
    summary: (reconnects) => ({ sent, completed, reconnects, fullChecks, wrongAnswers, errorSamples }),
  };
}

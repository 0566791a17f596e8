import { seededRandom } from "../../base/random.ts";
import { type EncodedRequest, Outcome, type OutcomeCode, type Phase, type PhaseSummary } from "../engine.ts";

const MOST_SAMPLES_OF_A_KIND = 3;
const LONGEST_SAMPLE = 300;

/** Judges, records and counts what became of the requests of one phase. */
export interface Tally {
  sent(): void;
  /** An answer came in full. `start` and `end` are nanoseconds of the clock; `ok` says that its status is the one of success. */
  answered(request: EncodedRequest, start: number, end: number, ok: boolean, status: number, body: Uint8Array): void;
  /** Something else became of a request. */
  failed(start: number, end: number, outcome: OutcomeCode, message: string): void;
  summary(reconnects: number): PhaseSummary;
}

/** A tally with nothing counted. `crashed` hears what the check of an answer threw, which libraries would take for an error of theirs. */
export function createTally({ recorder, answers, fullCheckEvery }: Phase, crashed: (thrown: unknown) => void): Tally {
  // Strides of random length: a fixed one could fall in step with the rotation of requests and judge always the same.
  const random = seededRandom("full checks");
  const response: { status: number; body: Uint8Array } = { status: 0, body: new Uint8Array(0) };
  const wrongAnswers: string[] = [];
  const errorSamples: { outcome: OutcomeCode; message: string }[] = [];
  let untilFullCheck = 0;
  let sent = 0;
  let completed = 0;
  let fullChecks = 0;

  const sample = (outcome: OutcomeCode, message: string) => {
    const alike = errorSamples.filter((each) => each.outcome === outcome);
    if (alike.length >= MOST_SAMPLES_OF_A_KIND || alike.some((each) => each.message === message)) return;
    errorSamples.push({ outcome, message: message.slice(0, LONGEST_SAMPLE) });
  };
  const problemOf = (request: EncodedRequest): string | undefined => {
    if (!answers.cheap(request, response))
      return answers.full(request, response) ?? "length or id do not fit the request";
    if (untilFullCheck-- > 0) return undefined;
    untilFullCheck = random.integer(0, 2 * fullCheckEvery - 2);
    fullChecks++;
    return answers.full(request, response);
  };

  return {
    sent: () => {
      sent++;
    },
    answered: (request, start, end, ok, status, body) => {
      completed++;
      if (!ok) {
        const outcome = request.protocol === "grpc" ? Outcome.grpcError : Outcome.httpError;
        recorder.record(start, start, end, outcome, 0, body.length);
        sample(outcome, `status ${status}: ${new TextDecoder().decode(body.subarray(0, LONGEST_SAMPLE))}`);
        return;
      }
      response.status = status;
      response.body = body;
      let problem: string | undefined;
      try {
        problem = problemOf(request);
      } catch (thrown) {
        crashed(thrown);
        return;
      }
      if (problem === undefined) {
        recorder.record(start, start, end, Outcome.ok, request.inferences, body.length);
        return;
      }
      recorder.record(start, start, end, Outcome.wrongAnswer, 0, body.length);
      sample(Outcome.wrongAnswer, problem);
      if (wrongAnswers.length < MOST_SAMPLES_OF_A_KIND && !wrongAnswers.includes(problem)) wrongAnswers.push(problem);
    },
    failed: (start, end, outcome, message) => {
      completed++;
      recorder.record(start, start, end, outcome, 0, 0);
      sample(outcome, message);
    },
    summary: (reconnects) => ({ sent, completed, reconnects, fullChecks, wrongAnswers, errorSamples }),
  };
}

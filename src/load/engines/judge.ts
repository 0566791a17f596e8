import { seededRandom } from "../../base/random.ts";
import type { EncodedRequest, Phase } from "../engine.ts";
import { createRightAnswers } from "./right-answers.ts";
import { createIdFinder, sentId } from "./sent-id.ts";

/** To compare a larger answer in full takes so long that answers which come meanwhile are seen late. */
const LARGE_BYTES = 64 * 1024;
/** Of the time. */
const MOST_SHARE = 1 / 200;

/** Judges the answers of one phase. */
export interface Judge {
  /** Answers that were compared in full. */
  readonly fullChecks: number;
  /** What is wrong with an answer of the status of success; `serial` was written into the id of its request. Throws what the check of it throws. */
  problemOf(request: EncodedRequest, status: number, body: Uint8Array, serial: number): string | undefined;
}

/**
 * Looks at every answer at constant cost, and at one in `fullCheckEvery` in full; of those over 64 KiB at fewer, where that would take more than one
 * two-hundredth of the time. `now` tells the engine's time.
 */
export function createJudge(
  { answers, fullCheckEvery }: Pick<Phase, "answers" | "fullCheckEvery">,
  now: () => number,
): Judge {
  // Strides of random length: a fixed one could fall in step with the rotation of requests and judge always the same.
  const random = seededRandom("full checks");
  const response: { status: number; body: Uint8Array } = { status: 0, body: new Uint8Array(0) };
  const ids = createIdFinder();
  const rightAnswers = createRightAnswers();
  let untilFullCheck = 0;
  /** Since when a large answer may be compared again. */
  let largeFromNs = Number.NEGATIVE_INFINITY;
  let fullChecks = 0;

  const inFull = (request: EncodedRequest, serial: number): string | undefined => {
    const id = sentId(request, serial);
    return answers.full(request, id === undefined ? response : { ...response, id });
  };
  const problemOf: Judge["problemOf"] = (request, status, body, serial) => {
    response.status = status;
    response.body = body;
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
    problemOf,
    get fullChecks() {
      return fullChecks;
    },
  };
}

import type { Clock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import type { AnswerCheck, EncodedRequest, Phase } from "../engine.ts";
import { RightAnswers } from "./right-answers.ts";
import { IdFinder, sentId } from "./sent-id.ts";

/** To compare a larger answer in full takes so long that answers which come meanwhile are seen late. */
const LARGE_BYTES = 64 * 1024;
/** Of the time. */
const MOST_SHARE = 1 / 200;

/**
 * Judges the answers of one phase: looks at every one at constant cost, and at one in `fullCheckEvery` in full; of those over 64 KiB at fewer,
 * where that would take more than one two-hundredth of the time.
 */
export class Judge {
  readonly #answers: AnswerCheck;
  readonly #fullCheckEvery: number;
  readonly #clock: Clock;
  // Strides of random length: a fixed one could fall in step with the rotation of requests and judge always the same.
  readonly #random = seededRandom("full checks");
  readonly #response: { status: number; body: Uint8Array } = { status: 0, body: new Uint8Array(0) };
  readonly #ids = new IdFinder();
  readonly #rightAnswers = new RightAnswers();
  #untilFullCheck = 0;
  /** Since when a large answer may be compared again. */
  #largeFromNs = Number.NEGATIVE_INFINITY;
  #fullChecks = 0;

  constructor({ answers, fullCheckEvery }: Pick<Phase, "answers" | "fullCheckEvery">, clock: Clock) {
    this.#answers = answers;
    this.#fullCheckEvery = fullCheckEvery;
    this.#clock = clock;
  }

  /** Answers that were compared in full. */
  get fullChecks(): number {
    return this.#fullChecks;
  }

  /** What is wrong with an answer of the status of success; `serial` was written into the id of its request. Throws what the check of it throws. */
  problemOf(request: EncodedRequest, status: number, body: Uint8Array, serial: number): string | undefined {
    const response = this.#response;
    response.status = status;
    response.body = body;
    const idFrom = this.#ids.find(request, serial, body);
    if (!this.#answers.cheap(request, response) || (idFrom === undefined && request.idAt !== undefined))
      return this.#inFull(request, serial) ?? "length or id do not fit the request";
    return this.#untilFullCheck-- > 0 ? undefined : this.#compare(request, serial, body, idFrom);
  }

  /** The turn of a full check has come. */
  #compare(request: EncodedRequest, serial: number, body: Uint8Array, idFrom: number | undefined): string | undefined {
    this.#untilFullCheck = this.#random.integer(0, 2 * this.#fullCheckEvery - 2);
    const large = body.length > LARGE_BYTES;
    const began = large ? this.#clock.now() : 0;
    if (large && began < this.#largeFromNs) return undefined;
    this.#fullChecks++;
    let problem: string | undefined;
    if (!this.#rightAnswers.include(request, body, idFrom)) {
      problem = this.#inFull(request, serial);
      if (problem === undefined) this.#rightAnswers.add(request, body, idFrom);
    }
    if (large) this.#largeFromNs = began + (this.#clock.now() - began) / MOST_SHARE;
    return problem;
  }

  #inFull(request: EncodedRequest, serial: number): string | undefined {
    const id = sentId(request, serial);
    const response = this.#response;
    return this.#answers.full(request, id === undefined ? response : { ...response, id });
  }
}

import type { EncodedRequest } from "../engine.ts";

/** Of fewer bytes a call takes longer than a loop. */
const LONGEST_LOOP = 256;
/** All of them together. */
const MOST_BYTES = 16 * 1024 * 1024;

interface Right {
  readonly bytes: Buffer;
  readonly idFrom: number | undefined;
}

/**
 * Answers that were compared in full and found right: one to the same request that differs from it in nothing but the id is right too.
 * They take at most 16 MB, one for each request.
 */
export class RightAnswers {
  readonly #known = new Map<EncodedRequest, Right>();
  #bytes = 0;

  /** `idFrom` is where the id stands in the body, if anywhere; whether it is the right one is not looked at. */
  include(request: EncodedRequest, body: Uint8Array, idFrom: number | undefined): boolean {
    const right = this.#known.get(request);
    if (right?.idFrom !== idFrom || right?.bytes.length !== body.length) return false;
    if (idFrom === undefined) return right.bytes.equals(body);
    const idTo = idFrom + (request.id?.length ?? 0);
    const { length } = body;
    return sameBytes(right.bytes, body, 0, idFrom) && sameBytes(right.bytes, body, idTo, length);
  }

  add(request: EncodedRequest, body: Uint8Array, idFrom: number | undefined): void {
    const after = this.#bytes + body.length - (this.#known.get(request)?.bytes.length ?? 0);
    if (after > MOST_BYTES) return;
    this.#bytes = after;
    this.#known.set(request, { bytes: Buffer.from(body), idFrom });
  }
}

function sameBytes(a: Buffer, b: Uint8Array, from: number, to: number): boolean {
  if (to - from > LONGEST_LOOP) return a.compare(b, from, to, from, to) === 0;
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return false;
  return true;
}

import type { EncodedRequest } from "../engine.ts";

/** All of them together. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Answers that were compared in full and found right: one to the same request that differs from it in nothing but the id is right too. */
export interface RightAnswers {
  /** `idFrom` is where the id stands in the body, if anywhere; whether it is the right one is not looked at. */
  include(request: EncodedRequest, body: Uint8Array, idFrom: number | undefined): boolean;
  add(request: EncodedRequest, body: Uint8Array, idFrom: number | undefined): void;
}

interface Right {
  readonly bytes: Buffer;
  readonly idFrom: number | undefined;
}

/** None yet. They take at most 16 MB, one for each request. */
export function createRightAnswers(): RightAnswers {
  const known = new Map<EncodedRequest, Right>();
  let bytes = 0;
  return {
    include: (request, body, idFrom) => {
      const right = known.get(request);
      if (right?.idFrom !== idFrom || right?.bytes.length !== body.length) return false;
      if (idFrom === undefined) return right.bytes.equals(body);
      const idTo = idFrom + (request.id?.length ?? 0);
      const { length } = body;
      return (
        right.bytes.compare(body, 0, idFrom, 0, idFrom) === 0 &&
        right.bytes.compare(body, idTo, length, idTo, length) === 0
      );
    },
    add: (request, body, idFrom) => {
      const after = bytes + body.length - (known.get(request)?.bytes.length ?? 0);
      if (after > MOST_BYTES) return;
      bytes = after;
      known.set(request, { bytes: Buffer.from(body), idFrom });
    },
  };
}

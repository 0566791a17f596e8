import type { EncodedRequest } from "../engine.ts";
import { writeSerial } from "../wire/serial.ts";

/** The serial of a request that was sent with the id that it was encoded with. */
export const AS_ENCODED = -1;

/** The id that a request was sent with. */
export function sentId({ id }: EncodedRequest, serial: number): string | undefined {
  if (id === undefined || serial === AS_ENCODED) return id;
  const bytes = Buffer.from(id);
  writeSerial(bytes, bytes.length, serial);
  return bytes.toString();
}

/** Looks for the ids of requests in their answers. */
export interface IdFinder {
  /** Whether the answer to a request with such a serial carries its id; true for one that does not say where its id stands. */
  carries(request: EncodedRequest, serial: number, body: Uint8Array): boolean;
}

/**
 * Answers of one server have their ids mostly at the same distance from the begin or the end, which is where they are looked for first:
 * the cost does not depend on their length then.
 */
export function createIdFinder(): IdFinder {
  let wanted = Buffer.alloc(0);
  let fromBegin = 0;
  let fromEnd = 0;
  return {
    carries: ({ id, idAt, body: sent }, serial, body) => {
      if (id === undefined || idAt === undefined) return true;
      const { length } = id;
      if (wanted.length !== length) wanted = Buffer.alloc(length);
      for (let i = 0; i < length; i++) wanted[i] = sent[idAt + i] as number;
      if (serial !== AS_ENCODED) writeSerial(wanted, length, serial);
      if (standsAt(body, fromBegin, wanted) || standsAt(body, body.length - fromEnd, wanted)) return true;
      const found = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf(wanted);
      if (found < 0) return false;
      fromBegin = found;
      fromEnd = body.length - found;
      return true;
    },
  };
}

function standsAt(body: Uint8Array, from: number, wanted: Uint8Array): boolean {
  if (from < 0 || from + wanted.length > body.length) return false;
  // From the end, where ids differ.
  for (let i = wanted.length - 1; i >= 0; i--) if (body[from + i] !== wanted[i]) return false;
  return true;
}

import type { EncodedRequest } from "../engine.ts";
import { hasSerial, SERIAL_DIGITS, writeSerial } from "../wire/serial.ts";

/** The serial of a request that was sent with the id that it was encoded with. */
export const AS_ENCODED = -1;

/** The id that a request was sent with. */
export function sentId({ id }: EncodedRequest, serial: number): string | undefined {
  if (id === undefined || serial === AS_ENCODED) return id;
  const bytes = Buffer.from(id);
  writeSerial(bytes, bytes.length, serial);
  return bytes.toString();
}

/**
 * Looks for the ids of requests in their answers. Answers of one server have their ids mostly at the same distance from the begin or the end,
 * which is where they are looked for first: the cost does not depend on their length then.
 */
export class IdFinder {
  #fromBegin = 0;
  #fromEnd = 0;

  /** Where the id of a request with such a serial stands in the answer; undefined when it does not carry it. */
  find({ id, idAt, body: sent }: EncodedRequest, serial: number, body: Uint8Array): number | undefined {
    if (id === undefined || idAt === undefined) return undefined;
    const { length } = id;
    if (standsAt(body, this.#fromBegin, sent, idAt, length, serial)) return this.#fromBegin;
    const nearEnd = body.length - this.#fromEnd;
    if (standsAt(body, nearEnd, sent, idAt, length, serial)) return nearEnd;
    const wanted = Buffer.from(sent.subarray(idAt, idAt + length));
    if (serial !== AS_ENCODED) writeSerial(wanted, length, serial);
    const found = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf(wanted);
    if (found < 0) return undefined;
    this.#fromBegin = found;
    this.#fromEnd = body.length - found;
    return found;
  }
}

/** Whether an id stands at a place of the body: the one in the request as it was encoded, with the serial in place of its last digits. */
function standsAt(
  body: Uint8Array,
  from: number,
  sent: Uint8Array,
  idAt: number,
  length: number,
  serial: number,
): boolean {
  if (from < 0 || from + length > body.length) return false;
  const patched = serial === AS_ENCODED ? 0 : SERIAL_DIGITS;
  if (patched > 0 && !hasSerial(body, from + length, serial)) return false;
  for (let i = length - patched - 1; i >= 0; i--) if (body[from + i] !== sent[idAt + i]) return false;
  return true;
}

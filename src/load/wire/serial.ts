import type { EncodedRequest } from "../engine.ts";

/** The last so many characters of an id whose place is known are digits. */
export const SERIAL_DIGITS = 10;
/** Serials count to this, and begin again. */
export const SERIALS = 1e10;

const ZERO = 0x30;
/** Makes any sum with it negative. */
const NO_NUMBER = -1e10;

/** The numbers below 1000 as three decimal digits each: divisions, digit by digit, take three times as long. */
const DIGITS = Uint8Array.from(
  Array.from({ length: 1000 }, (_, number) => [...Buffer.from(String(number).padStart(3, "0"))]).flat(),
);

/** Where the id ends in a request's body whose last digits a serial can be written over; 0 when there is none. */
export function endOfId({ id, idAt }: Pick<EncodedRequest, "id" | "idAt">): number {
  return id === undefined || idAt === undefined ? 0 : idAt + id.length;
}

/** Writes a number as ten decimal digits that end before `end`; of a greater number its last ten. */
export function writeSerial(bytes: Uint8Array, end: number, serial: number): void {
  const high = Math.floor(serial / 1e5);
  writeFive(bytes, end - 5, lowFive(high));
  writeFive(bytes, end, (serial - high * 1e5) | 0);
}

/** The last five digits. In two halves, because whole numbers below 2^31 are divided fastest; what is no such number takes ten times as long. */
function lowFive(number: number): number {
  return (number < 1e5 ? number : number % 1e5) | 0;
}

function writeFive(bytes: Uint8Array, end: number, five: number): void {
  const thousands = (five / 1000) | 0;
  const a = thousands * 3;
  const b = (five - thousands * 1000) * 3;
  bytes[end - 5] = DIGITS[a + 1] as number;
  bytes[end - 4] = DIGITS[a + 2] as number;
  bytes[end - 3] = DIGITS[b] as number;
  bytes[end - 2] = DIGITS[b + 1] as number;
  bytes[end - 1] = DIGITS[b + 2] as number;
}

/** Whether the ten bytes before `end` are what `writeSerial` writes there. Reading digits takes no division, and no table that must come into the cache. */
export function hasSerial(bytes: Uint8Array, end: number, serial: number): boolean {
  const value = readFive(bytes, end - 5) * 1e5 + readFive(bytes, end);
  return value === (serial < SERIALS ? serial : serial % SERIALS);
}

/** The number that the five bytes before `end` are as decimal digits; one that no digits give when they are none. */
function readFive(bytes: Uint8Array, end: number): number {
  const a = (bytes[end - 5] as number) - ZERO;
  const b = (bytes[end - 4] as number) - ZERO;
  const c = (bytes[end - 3] as number) - ZERO;
  const d = (bytes[end - 2] as number) - ZERO;
  const e = (bytes[end - 1] as number) - ZERO;
  if (a >>> 0 > 9 || b >>> 0 > 9 || c >>> 0 > 9 || d >>> 0 > 9 || e >>> 0 > 9) return NO_NUMBER;
  return a * 10_000 + b * 1_000 + c * 100 + d * 10 + e;
}

/** The last so many characters of an id whose place is known are digits. */
export const SERIAL_DIGITS = 10;
/** Serials count to this, and begin again. */
export const SERIALS = 1e10;

const ZERO = 0x30;
const NO_NUMBER = -1;

/** Writes a number as ten decimal digits that end before `end`; of a greater number its last ten. */
export function writeSerial(bytes: Uint8Array, end: number, serial: number): void {
  // In two halves: whole numbers below 2^31 are divided fastest.
  const high = Math.floor(serial / 1e5);
  writeFive(bytes, end - 5, (high % 1e5) | 0);
  writeFive(bytes, end, (serial - high * 1e5) | 0);
}

function writeFive(bytes: Uint8Array, end: number, five: number): void {
  let rest = five;
  for (let at = end - 1; at >= end - 5; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

/** The number that ends before `end` in ten decimal digits; -1 where there is none. */
export function readSerial(bytes: Uint8Array, end: number): number {
  const high = readFive(bytes, end - 5);
  const low = readFive(bytes, end);
  return high === NO_NUMBER || low === NO_NUMBER ? NO_NUMBER : high * 1e5 + low;
}

function readFive(bytes: Uint8Array, end: number): number {
  let five = 0;
  for (let at = end - 5; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NO_NUMBER;
    five = five * 10 + digit;
  }
  return five;
}

const ZERO = 0x30;

/** Writes a number as ten decimal digits that end before `end`; of a greater number its last ten. */
export function writeSerial(bytes: Uint8Array, end: number, serial: number): void {
  // Two halves of five digits: whole numbers below 2^31 are divided fastest.
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

const FIRST_BYTES = 64 * 1024;
const MOST_KEPT = 64;
/** A buffer larger than this is not kept for the next body. */
const LARGEST_KEPT = 16 * 1024 * 1024;

const spare: Buffer[] = [];

/** A buffer for a body that comes in pieces; to be given back when the body has been used. */
export function borrowBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
}

/** The buffer, or a larger one with its first `used` bytes, in which `more` bytes have room after them. */
export function withRoom(buffer: Buffer, used: number, more: number): Buffer {
  if (used + more <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, used + more));
  buffer.copy(larger, 0, 0, used);
  giveBack(buffer);
  return larger;
}

/** Keeps a buffer for the next body. */
export function giveBack(buffer: Buffer): void {
  if (spare.length < MOST_KEPT && buffer.length <= LARGEST_KEPT) spare.push(buffer);
}

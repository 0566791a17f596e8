/** Longer heads are not remembered. */
const LONGEST = 1024;

/**
 * Remembers the bytes of a head that began at the first byte of a buffer. A server's heads differ little, and to see that one is
 * the same as the last takes a fraction of the time that reading it takes.
 */
export class HeadMemo {
  /** Of the head that is remembered; 0 when none is. */
  length = 0;
  readonly #words = new Int32Array(LONGEST / 4);

  /** Remembers the first `length` bytes. */
  remember(bytes: Uint8Array, length: number): void {
    const words = wordsOf(bytes);
    if (words === undefined || length > LONGEST) {
      this.length = 0;
      return;
    }
    this.length = length;
    this.#words.set(words.subarray(0, (length + 3) >> 2));
  }

  /** Whether `bytes`, of which the first `have` are filled, begin with the remembered head. */
  beginsWith(bytes: Uint8Array, have: number): boolean {
    const { length } = this;
    if (length === 0 || have < length) return false;
    const words = wordsOf(bytes);
    if (words === undefined) return false;
    const whole = length >> 2;
    for (let i = 0; i < whole; i++) if (words[i] !== this.#words[i]) return false;
    // Of the last word only the bytes of the head count, which come first in it.
    const rest = (length & 3) << 3;
    return rest === 0 || (((words[whole] as number) ^ (this.#words[whole] as number)) & ((1 << rest) - 1)) === 0;
  }
}

let last: Uint8Array | undefined;
let lastWords: Int32Array | undefined;

/** The bytes as words of four; undefined for buffers that are not read into again and again, and on machines that count words from the other end. */
function wordsOf(bytes: Uint8Array): Int32Array | undefined {
  if (bytes === last) return lastWords;
  const aligned = LITTLE_ENDIAN && (bytes.byteOffset & 3) === 0 && bytes.length >= LONGEST;
  last = bytes;
  lastWords = aligned ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : undefined;
  return lastWords;
}

const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

const VIEWS_BITS = 11;
const MOST_VIEWS = 2 ** VIEWS_BITS;

/** Hands out parts of buffers; for the same part of the same buffer mostly the same object, so that an answer makes none. */
export interface Views {
  of(bytes: Buffer, from: number, to: number): Buffer;
}

/** No parts handed out yet. */
export function createViews(): Views {
  let of: Buffer | undefined;
  const begins = new Int32Array(MOST_VIEWS).fill(-1);
  const ends = new Int32Array(MOST_VIEWS);
  const views: Buffer[] = [];
  return {
    of: (bytes, from, to) => {
      // A buffer that is not read into again is not to be kept alive by views of it.
      if (bytes !== of) {
        of = bytes;
        begins.fill(-1);
        views.length = 0;
        return bytes.subarray(from, to);
      }
      // Answers of one length begin at multiples of a distance, which multiplicative hashing spreads (Knuth, TAOCP 6.4).
      const at = Math.imul(from, 0x9e37_79b1) >>> (32 - VIEWS_BITS);
      if (begins[at] === from && ends[at] === to) return views[at] as Buffer;
      const view = bytes.subarray(from, to);
      begins[at] = from;
      ends[at] = to;
      views[at] = view;
      return view;
    },
  };
}

/** A shorter tail is not worth being shared. */
const SHORTEST = 64 * 1024;

/** Remembers how large bodies end, so that those which end alike are written from the same memory, which then stays near the processor. */
export class SharedTails {
  readonly #bodies: Uint8Array[] = [];

  /** The end of a body, from `from` or later on, in memory that it shares with another; undefined when no other ends like it. */
  of(body: Uint8Array, from: number): Uint8Array | undefined {
    if (body.length - from < SHORTEST) return undefined;
    let longest: Uint8Array | undefined;
    for (const known of this.#bodies) {
      const length = alike(known, body, body.length - from);
      if (length >= Math.max(SHORTEST, longest?.length ?? 0)) longest = known.subarray(known.length - length);
    }
    // What shares most of its memory has nothing of its own that others could share.
    if (longest === undefined || longest.length < body.length / 2) this.#bodies.push(body);
    return longest;
  }
}

/** How many bytes at the end of both are the same, up to `most`. */
function alike(a: Uint8Array, b: Uint8Array, most: number): number {
  const limit = Math.min(most, a.length);
  let length = 0;
  while (length < limit && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** What is known of the requests in flight, in columns: nothing is made per request. */
export class Slots {
  readonly due: Float64Array;
  readonly start: Float64Array;
  readonly serial: Float64Array;
  /** Which request of the rotation it is. */
  readonly request: Int32Array;
  /** Which connection it is on. */
  readonly connection: Int32Array;
  readonly #taken: Uint8Array;
  readonly #free: Int32Array;
  #freeCount: number;

  /** `size` slots, all free. */
  constructor(size: number) {
    this.due = new Float64Array(size);
    this.start = new Float64Array(size);
    this.serial = new Float64Array(size);
    this.request = new Int32Array(size);
    this.connection = new Int32Array(size);
    this.#taken = new Uint8Array(size);
    this.#free = Int32Array.from({ length: size }, (_, i) => size - 1 - i);
    this.#freeCount = size;
  }

  get free(): number {
    return this.#freeCount;
  }

  get taken(): number {
    return this.#free.length - this.#freeCount;
  }

  /** A free slot, which is taken from now on. */
  take(): number {
    const slot = this.#free[--this.#freeCount] as number;
    this.#taken[slot] = 1;
    return slot;
  }

  release(slot: number): void {
    this.#taken[slot] = 0;
    this.#free[this.#freeCount++] = slot;
  }

  /** Visits the taken slots whose request was sent at `sentBefore` or earlier; a visit may release its slot. */
  forEachSentBefore(sentBefore: number, visit: (slot: number) => void): void {
    for (let slot = 0; slot < this.#taken.length; slot++)
      if (this.#taken[slot] === 1 && (this.start[slot] as number) <= sentBefore) visit(slot);
  }
}

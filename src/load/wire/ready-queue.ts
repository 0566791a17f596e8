/** Numbers below `size` in the order in which they came, each at most once. */
export class ReadyQueue {
  readonly #ring: Int32Array;
  readonly #queued: Uint8Array;
  #first = 0;
  #count = 0;

  constructor(size: number) {
    this.#ring = new Int32Array(size);
    this.#queued = new Uint8Array(size);
  }

  get count(): number {
    return this.#count;
  }

  /** Puts a number at the end, unless it stands somewhere already. */
  push(number: number): void {
    if (this.#queued[number] === 1) return;
    this.#queued[number] = 1;
    let at = this.#first + this.#count++;
    if (at >= this.#ring.length) at -= this.#ring.length;
    this.#ring[at] = number;
  }

  /** Takes the first. */
  shift(): number {
    const number = this.#ring[this.#first] as number;
    if (++this.#first === this.#ring.length) this.#first = 0;
    this.#count--;
    this.#queued[number] = 0;
    return number;
  }
}

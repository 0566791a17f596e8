import type { GrpcCall } from "./call.ts";
import { MAX_STREAM_ID } from "./constants.ts";
import type { ResponseFields } from "./response-fields.ts";

const FIRST_CAPACITY = 64;
export const NONE = -1;

/**
 * The open streams of a connection. What is known of a stream stands in arrays under its place, which is the middle bits of its id: a new
 * stream skips ids whose places are taken. Places change when a stream is begun, and at no other time.
 */
export class Streams {
  /** How many are open. */
  open = 0;
  /** By place: the stream's id, 0 when the place is free. */
  id: Int32Array = new Int32Array(FIRST_CAPACITY);
  slot: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** What the peer lets it send; below 0 after the peer has lowered its setting. */
  window: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Bytes of the body that were not given to the output yet. */
  unsent: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Bytes that came and were not returned to the peer's window. */
  unreturned: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Bytes of the answer's body. */
  received: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Where those bytes begin in the chunk being read, when they stand there in one piece; else `NONE`. */
  start: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Where those bytes were copied to. */
  kept: (Buffer | undefined)[] = [];
  serial: Float64Array = new Float64Array(FIRST_CAPACITY);
  call: (GrpcCall | undefined)[] = [];
  /** The head of its answer. */
  head: (ResponseFields | undefined)[] = [];
  private places: Int32Array = new Int32Array(FIRST_CAPACITY).fill(NONE);
  private mask = FIRST_CAPACITY - 1;
  private nextId: number;

  constructor(firstId: number) {
    this.nextId = firstId;
  }

  /** Whether ids are used up. */
  get exhausted(): boolean {
    // Ids that may have to be skipped are left.
    return this.nextId > MAX_STREAM_ID - 2 * this.id.length;
  }

  /** Whether a stream with this id was never begun. */
  idle(id: number): boolean {
    return id >= this.nextId || (id & 1) === 0;
  }

  /** The place of an open stream, else `NONE`. */
  placeOf(id: number): number {
    const place = (id >>> 1) & this.mask;
    return this.id[place] === id ? place : NONE;
  }

  placeOfSlot(slot: number): number {
    const place = this.places[slot];
    return place === undefined ? NONE : place;
  }

  /** Begins a stream; returns its place. */
  begin(slot: number, call: GrpcCall, serial: number, window: number): number {
    if (2 * this.open >= this.id.length) this.grow();
    let place = (this.nextId >>> 1) & this.mask;
    while (this.id[place] !== 0) {
      this.nextId += 2;
      place = (this.nextId >>> 1) & this.mask;
    }
    this.id[place] = this.nextId;
    this.nextId += 2;
    this.open++;
    this.slot[place] = slot;
    this.call[place] = call;
    this.serial[place] = serial;
    this.window[place] = window;
    this.unsent[place] = 0;
    this.unreturned[place] = 0;
    this.received[place] = 0;
    this.start[place] = NONE;
    if (slot >= this.places.length) this.growSlots(slot);
    this.places[slot] = place;
    return place;
  }

  /** Forgets a stream; what was kept of it is the caller's. */
  end(place: number): void {
    this.id[place] = 0;
    this.places[this.slot[place] as number] = NONE;
    this.call[place] = undefined;
    this.head[place] = undefined;
    this.kept[place] = undefined;
    this.open--;
  }

  private growSlots(slot: number): void {
    const grown = new Int32Array(2 ** Math.ceil(Math.log2(slot + 1))).fill(NONE);
    grown.set(this.places);
    this.places = grown;
  }

  /** Two ids with places of their own have them in twice as many places too. */
  private grow(): void {
    const { id, slot, window, unsent, unreturned, received, start, serial, kept, call, head } = this;
    const capacity = 2 * id.length;
    this.mask = capacity - 1;
    this.id = new Int32Array(capacity);
    this.slot = new Int32Array(capacity);
    this.window = new Int32Array(capacity);
    this.unsent = new Int32Array(capacity);
    this.unreturned = new Int32Array(capacity);
    this.received = new Float64Array(capacity);
    this.start = new Int32Array(capacity);
    this.serial = new Float64Array(capacity);
    this.kept = [];
    this.call = [];
    this.head = [];
    for (const [from, each] of id.entries()) {
      const place = (each >>> 1) & this.mask;
      if (each === 0) continue;
      this.id[place] = each;
      this.slot[place] = slot[from] as number;
      this.window[place] = window[from] as number;
      this.unsent[place] = unsent[from] as number;
      this.unreturned[place] = unreturned[from] as number;
      this.received[place] = received[from] as number;
      this.start[place] = start[from] as number;
      this.serial[place] = serial[from] as number;
      this.kept[place] = kept[from];
      this.call[place] = call[from];
      this.head[place] = head[from];
      this.places[slot[from] as number] = place;
    }
  }
}

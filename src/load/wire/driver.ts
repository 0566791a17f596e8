import { type Clock, NS_PER_MS } from "../../base/clock.ts";
import {
  type EncodedRequest,
  Outcome,
  type OutcomeCode,
  type Phase,
  type PhaseSoFar,
  type PhaseSummary,
} from "../engine.ts";
import { Tally } from "../engines/tally.ts";
import type { WireConnection, WireOwner } from "./connection.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { Slots } from "./slots.ts";
import type { Alarm, Deferred, Timing } from "./timing.ts";

const SHORTEST_SCAN_NS = 2 * NS_PER_MS;
const LONGEST_SCAN_NS = 100 * NS_PER_MS;
/** With fewer requests in flight there is seldom another answer to be read. */
const SEVERAL = 4;
const NEVER = Number.POSITIVE_INFINITY;

export interface DriverSetting<Prepared> {
  readonly clock: Clock;
  readonly timing: Timing;
  readonly connections: readonly WireConnection<Prepared>[];
  /** The phase's requests as the connections take them. */
  readonly prepared: readonly Prepared[];
  /** Numbers the sendings. */
  readonly nextSerial: () => number;
}

/** Runs one phase over connections, whose events it must be told from `run()` on until the phase is over. */
export class Driver<Prepared> implements WireOwner<Prepared> {
  readonly #phase: Phase;
  readonly #setting: DriverSetting<Prepared>;
  readonly #tally: Tally;
  readonly #slots: Slots;
  /** Connections that can take a request. */
  readonly #ready: ReadyQueue;
  /** By connection: the requests on it, the most that may be, and whether it stood when it was last heard of. */
  readonly #load: Int32Array;
  readonly #share: Int32Array;
  readonly #up: Uint8Array;
  readonly #numbers: ReadonlyMap<WireConnection<Prepared>, number>;
  readonly #pace: Alarm;
  readonly #scan: Alarm;
  /**
   * Sends in a closed loop over several connections: answers that have come on others are read before anything is written, for a write takes
   * longer than a read, and they would be seen that much later.
   */
  readonly #afterReading: Deferred | undefined;
  readonly #reconnectsBefore: number;
  /** Open loop: when the first request that was not sent is due; `NEVER` when no more are due within the phase. */
  #due = NEVER;
  #exhausted = false;
  #turn = 0;
  #events = 0;
  #stopped = false;
  #resolve: (summary: PhaseSummary) => void = () => undefined;
  #reject: (thrown: unknown) => void = () => undefined;

  constructor(phase: Phase, setting: DriverSetting<Prepared>) {
    const { connections, timing } = setting;
    const { concurrency } = phase;
    const count = connections.length;
    this.#phase = phase;
    this.#setting = setting;
    this.#tally = new Tally(phase, setting.clock, (thrown) => this.#crash(thrown));
    this.#slots = new Slots(concurrency);
    this.#ready = new ReadyQueue(count);
    this.#load = new Int32Array(count);
    this.#share = Int32Array.from(connections, (_, i) => Math.floor((concurrency + count - 1 - i) / count));
    this.#up = new Uint8Array(count).fill(1);
    this.#numbers = new Map(connections.map((connection, i) => [connection, i]));
    this.#pace = timing.exact(
      () => this.#send(),
      () => this.#events,
    );
    this.#scan = timing.coarse(() => this.#look());
    if (count > 1 && phase.arrivals === undefined) this.#afterReading = timing.afterReading(() => this.#send());
    this.#reconnectsBefore = this.#reconnects();
  }

  /** Resolves when the phase is over, early when its signal aborts; rejects with what the check of an answer throws. */
  run(): Promise<PhaseSummary> {
    const { signal } = this.#phase;
    return new Promise((resolve, reject) => {
      const abort = () => this.#end();
      this.#resolve = (summary) => {
        signal.removeEventListener("abort", abort);
        resolve(summary);
      };
      this.#reject = (thrown) => {
        signal.removeEventListener("abort", abort);
        reject(thrown);
      };
      if (signal.aborted) {
        this.#end();
        return;
      }
      signal.addEventListener("abort", abort, { once: true });
      this.#nextDue();
      for (let i = 0; i < this.#share.length; i++) this.#offer(i);
      this.#look();
    });
  }

  answered(slot: number, endNs: number, ok: boolean, status: number, body: Uint8Array): void {
    const { due, start, serial } = this.#slots;
    const connection = this.#release(slot);
    this.#tally.answered(
      this.#requestIn(slot),
      due[slot] as number,
      start[slot] as number,
      endNs,
      ok,
      status,
      body,
      serial[slot],
    );
    this.#goOn(connection);
  }

  failed(slot: number, endNs: number, outcome: OutcomeCode, message: string): void {
    const { due, start } = this.#slots;
    const connection = this.#release(slot);
    this.#tally.failed(due[slot] as number, start[slot] as number, endNs, outcome, message);
    this.#goOn(connection);
  }

  writable(connection: WireConnection<Prepared>): void {
    const number = this.#numbers.get(connection);
    if (number === undefined) return;
    this.#goOn(number);
  }

  /** A closed loop loses the requests that the connection was to carry. In an open loop they wait for another one; when none stands, all that are due are lost. */
  refused(connection: WireConnection<Prepared>, sinceNs: number, outcome: OutcomeCode, message: string): void {
    const number = this.#numbers.get(connection);
    if (number === undefined || this.#stopped) return;
    const { deadline, startNs, arrivals } = this.#phase;
    const now = this.#setting.clock.now();
    const since = Math.max(sinceNs, startNs);
    this.#up[number] = 0;
    if (arrivals) {
      if (this.#up.includes(1)) return;
      for (; this.#due <= now; this.#nextDue())
        this.#lose(this.#due, Math.max(this.#due, since), now, outcome, message);
      this.#pace.set(this.#due);
    } else if (now < deadline) {
      for (let i = this.#share[number] as number; i > 0; i--) this.#lose(since, since, now, outcome, message);
    }
    this.#endIfOver(now);
  }

  disturbed(outcome: OutcomeCode, message: string): void {
    this.#tally.disturbed(outcome, message);
  }

  soFar(): PhaseSoFar {
    return {
      reconnects: this.#reconnects() - this.#reconnectsBefore,
      awakeMs: this.#pace.awakeNs / NS_PER_MS,
    };
  }

  #connectionOf(slot: number): WireConnection<Prepared> {
    return this.#setting.connections[this.#slots.connection[slot] as number] as WireConnection<Prepared>;
  }

  #requestIn(slot: number): EncodedRequest {
    return this.#phase.requests[this.#slots.request[slot] as number] as EncodedRequest;
  }

  /** Frees a slot; returns the number of its connection. */
  #release(slot: number): number {
    const number = this.#slots.connection[slot] as number;
    this.#slots.release(slot);
    this.#load[number] = (this.#load[number] as number) - 1;
    return number;
  }

  #goOn(connection: number): void {
    this.#events++;
    if (this.#stopped) return;
    this.#up[connection] = 1;
    this.#offer(connection);
    if (this.#afterReading !== undefined && this.#slots.taken >= SEVERAL) this.#afterReading.set();
    else this.#send();
    if (this.#slots.taken === 0) this.#endIfOver(this.#setting.clock.now());
  }

  #offer(number: number): void {
    const connection = this.#setting.connections[number] as WireConnection<Prepared>;
    if (connection.free > 0 && (this.#load[number] as number) < (this.#share[number] as number))
      this.#ready.push(number);
  }

  /** Sends what is to be sent now and can be. */
  #send(): void {
    const { arrivals, deadline } = this.#phase;
    while (this.#ready.count > 0 && this.#slots.free > 0) {
      const now = this.#setting.clock.now();
      if (arrivals) {
        if (this.#due > now) {
          this.#pace.set(this.#due);
          return;
        }
        if (this.#sendOn(this.#ready.shift(), this.#due, now)) this.#nextDue();
      } else {
        if (now >= deadline) return;
        this.#sendOn(this.#ready.shift(), now, now);
      }
    }
  }

  /** False when the connection cannot take a request after all. */
  #sendOn(number: number, due: number, now: number): boolean {
    const { connections, prepared, nextSerial } = this.#setting;
    const connection = connections[number] as WireConnection<Prepared>;
    if (connection.free <= 0) return false;
    const slots = this.#slots;
    const slot = slots.take();
    const serial = nextSerial();
    slots.due[slot] = due;
    slots.start[slot] = now;
    slots.serial[slot] = serial;
    slots.request[slot] = this.#turn;
    slots.connection[slot] = number;
    this.#load[number] = (this.#load[number] as number) + 1;
    this.#tally.sent();
    connection.send(slot, prepared[this.#turn] as Prepared, serial);
    if (++this.#turn === prepared.length) this.#turn = 0;
    this.#offer(number);
    return true;
  }

  /** Moves on to the next request of an open loop. */
  #nextDue(): void {
    const { arrivals, startNs, deadline } = this.#phase;
    if (!arrivals) return;
    const offset = arrivals.next();
    this.#exhausted = offset === NEVER;
    const due = startNs + offset;
    this.#due = due > deadline ? NEVER : due;
  }

  #lose(due: number, start: number, now: number, outcome: OutcomeCode, message: string): void {
    this.#tally.sent();
    this.#tally.failed(due, start, now, outcome, message);
  }

  /** Gives up requests that have waited too long for an answer, and looks whether the phase is over. */
  #look(): void {
    if (this.#stopped) return;
    const { deadline, requestTimeoutMs } = this.#phase;
    const timeoutNs = requestTimeoutMs * NS_PER_MS;
    const now = this.#setting.clock.now();
    this.#slots.forEachSentBefore(now - timeoutNs, (slot) => {
      this.#connectionOf(slot).abandon(slot);
      this.failed(slot, now, Outcome.timeout, `no answer within ${requestTimeoutMs} ms`);
    });
    if (now >= deadline + timeoutNs) for (; this.#due < NEVER; this.#nextDue()) this.#tally.notSent(this.#due, now);
    this.#send();
    this.#endIfOver(now);
    const next = now + Math.min(LONGEST_SCAN_NS, Math.max(SHORTEST_SCAN_NS, timeoutNs / 20));
    if (!this.#stopped) this.#scan.set(now < deadline ? Math.min(next, deadline) : next);
  }

  #endIfOver(now: number): void {
    if (this.#slots.taken > 0 || this.#due < NEVER) return;
    if (now >= this.#phase.deadline || this.#exhausted) this.#end();
  }

  #end(): void {
    if (!this.#stop()) return;
    const { reconnects, awakeMs } = this.soFar();
    const summary = this.#tally.summary(reconnects);
    this.#resolve(this.#phase.arrivals ? { ...summary, awakeMs } : summary);
  }

  #crash(thrown: unknown): void {
    if (this.#stop()) this.#reject(thrown);
  }

  /** Gives up what is in flight; false when that has been done before. */
  #stop(): boolean {
    if (this.#stopped) return false;
    this.#stopped = true;
    this.#pace.cancel();
    this.#scan.cancel();
    this.#afterReading?.cancel();
    this.#slots.forEachSentBefore(NEVER, (slot) => this.#connectionOf(slot).abandon(slot));
    return true;
  }

  #reconnects(): number {
    return this.#setting.connections.reduce((sum, { reconnects }) => sum + reconnects, 0);
  }
}

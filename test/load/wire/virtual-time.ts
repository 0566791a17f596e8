import type { Clock } from "../../../src/base/clock.ts";
import type { OpenSocket, SocketEvents } from "../../../src/load/wire/socket.ts";
import type { Timing } from "../../../src/load/wire/timing.ts";

const ANSWER = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

/** A world in which time passes only from event to event, with a server whose every latency is known. */
export interface VirtualTime {
  readonly clock: Clock;
  readonly timing: Timing;
  readonly openSocket: OpenSocket;
  /** Lets all happen that happens until the promise has settled; its value. */
  until<T>(promise: Promise<T>): Promise<T>;
}

/** Begins at an instant like any other. `law` says how many nanoseconds after a request of the nth sending its answer is there. */
export function virtualTime(law: (n: number, sentNs: number) => number): VirtualTime {
  const queue = createEvents();
  let now = 123_456_789;
  let sendings = 0;
  const alarm = (ring: () => void) => {
    let current = 0;
    return {
      set: (ns: number) => {
        const mine = ++current;
        if (ns < Number.POSITIVE_INFINITY) queue.add(Math.max(ns, now), () => mine === current && ring());
      },
      cancel: () => {
        current++;
      },
      awakeNs: 0,
    };
  };
  const afterReading = (run: () => void) => {
    const { set, cancel } = alarm(run);
    return { set: () => set(now), cancel };
  };
  const openSocket: OpenSocket = (_endpoint, _options, events: SocketEvents) => {
    let open = true;
    queue.add(now, () => open && events.opened(undefined));
    const write = () => queue.add(now + law(sendings++, now), () => open && events.read(ANSWER, ANSWER.length));
    return { pending: 0, write, writeAll: write, destroy: () => void (open = false) };
  };
  return {
    clock: { now: () => now, sleep: () => Promise.resolve() },
    timing: { exact: alarm, coarse: alarm, afterReading },
    openSocket,
    until: async (promise) => {
      const end = { settled: false };
      const settle = () => {
        end.settled = true;
      };
      promise.then(settle, settle);
      for (let i = 1; !end.settled; i++) {
        const event = queue.next();
        if (event) {
          now = event.at;
          event.happen();
        }
        if (!event || i % 1000 === 0) await new Promise((done) => setImmediate(done));
      }
      return promise;
    },
  };
}

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

/** A binary heap; events of one instant in the order in which they were added. */
function createEvents(): { add(at: number, happen: () => void): void; next(): Event | undefined } {
  const heap: (Event & { readonly order: number })[] = [];
  let order = 0;
  const before = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]] as [(typeof heap)[number], (typeof heap)[number]];
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  };
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[number], heap[a] as (typeof heap)[number]];
  };
  return {
    add: (at, happen) => {
      heap.push({ at, happen, order: order++ });
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
    },
    next: () => {
      if (heap.length === 0) return undefined;
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < heap.length && before(left, least)) least = left;
        if (right < heap.length && before(right, least)) least = right;
        if (least === i) break;
        swap(i, least);
        i = least;
      }
      return first;
    },
  };
}

import { type Clock, NS_PER_MS } from "../../base/clock.ts";

/** Timers of this platform count whole milliseconds, and fire up to one before or some after: the last stretch is waited out awake. */
const AWAKE_NS = 2 * NS_PER_MS;

/** Rings once at an instant, which can be set again and again. */
export interface Alarm {
  /** Rings at this instant of the clock or soon after it, in a turn of the event loop of its own; replaces what was set before. */
  set(ns: number): void;
  cancel(): void;
  /** Nanoseconds that were waited awake, with nothing else to do. */
  readonly awakeNs: number;
}

/** Something to be done once, however often it is asked for before that. */
export interface Deferred {
  set(): void;
  cancel(): void;
}

/** Makes alarms. Injected, so that tests can run in virtual time. */
export interface Timing {
  /** An alarm that is exact to a turn of the event loop: it waits the last two milliseconds awake. `busy` grows with all that is done meanwhile. */
  exact(ring: () => void, busy: () => number): Alarm;
  /** An alarm that may be some milliseconds late. When it rings, what had come by then has been read from the sockets. */
  coarse(ring: () => void): Alarm;
  /** Runs when all has been read from the sockets that had come in this turn of the event loop. */
  afterReading(run: () => void): Deferred;
}

/** The alarms of this machine. */
export function systemTiming(clock: Clock): Timing {
  return {
    exact: (ring, busy) => exactAlarm(clock, ring, busy),
    coarse: (ring) => {
      let timer: NodeJS.Timeout | undefined;
      let turn: NodeJS.Immediate | undefined;
      const cancel = () => {
        clearTimeout(timer);
        clearImmediate(turn);
      };
      const afterReading = () => {
        turn = setImmediate(ring);
      };
      return {
        set: (ns) => {
          cancel();
          timer = setTimeout(afterReading, Math.max(0, Math.ceil((ns - clock.now()) / NS_PER_MS)));
        },
        cancel,
        awakeNs: 0,
      };
    },
    afterReading: (run) => {
      let turn: NodeJS.Immediate | undefined;
      const ran = () => {
        turn = undefined;
        run();
      };
      return {
        set: () => {
          turn ??= setImmediate(ran);
        },
        cancel: () => {
          clearImmediate(turn);
          turn = undefined;
        },
      };
    },
  };
}

function exactAlarm(clock: Clock, ring: () => void, busy: () => number): Alarm {
  let at = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  let awakeNs = 0;
  let lastTurn = 0;
  let done = 0;

  const look = () => {
    timer = undefined;
    turn = undefined;
    const now = clock.now();
    if (lastTurn > 0 && busy() === done) awakeNs += now - lastTurn;
    lastTurn = 0;
    if (now < at) wait(now);
    else {
      at = Number.POSITIVE_INFINITY;
      ring();
    }
  };
  const wait = (now: number) => {
    const left = at - now;
    if (left > AWAKE_NS) timer = setTimeout(look, Math.floor((left - AWAKE_NS) / NS_PER_MS) + 1);
    else {
      lastTurn = now;
      done = busy();
      turn = setImmediate(look);
    }
  };
  const cancel = () => {
    clearTimeout(timer);
    clearImmediate(turn);
    timer = undefined;
    turn = undefined;
    at = Number.POSITIVE_INFINITY;
  };
  return {
    set: (ns) => {
      if (ns === at) return;
      // An alarm that looks in every turn anyway sees the new instant by itself.
      const looks = turn !== undefined && ns - clock.now() <= AWAKE_NS;
      if (!looks) cancel();
      at = ns;
      if (!looks && at < Number.POSITIVE_INFINITY) wait(clock.now());
    },
    cancel,
    get awakeNs() {
      return awakeNs;
    },
  };
}

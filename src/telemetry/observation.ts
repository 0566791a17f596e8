import { messageOf } from "../base/errors.ts";
import type { Change, Collector, Reading, Series } from "./collector.ts";
import { type Look, toSeries } from "./to-series.ts";

const EVERY_MS = 1000;
/** What 30 series come to in a document is then about as much as all else that is told of a point. */
const MOST_LOOKS = 150;
const SLOWEST_EDGE_MS = 5000;
const SLOWEST_WITHIN_MS = 800;

/** Instants at which a collector could read nothing. */
export interface Missed {
  collector: string;
  count: number;
  firstMs: number;
  lastMs: number;
  /** Why, the first time, in a sentence. */
  reason: string;
}

/** What collectors saw, and why others saw nothing. */
export interface Observed {
  series: Series[];
  unavailable: { collector: string; reason: string }[];
  /** Absent when every reading succeeded. */
  missed?: Missed[];
  /** Absent when nothing else changed. */
  changes?: Change[];
}

/** Collectors that have taken their first reading. */
export interface Observation {
  /** The phase begins: instants count from now. */
  begin(): void;
  /** The phase has ended: takes the last reading and gives all. */
  end(): Promise<Observed>;
}

export interface ObservationOptions {
  readonly intervalMs?: number;
  /** A reading within the phase that takes longer is missed. */
  readonly slowestMs?: number;
}

/**
 * Reads all collectors together, now, at every interval and at the end; never again before the last reading has ended. When 150
 * readings are held, every second one is dropped and the interval doubles.
 */
export async function observe(
  collectors: readonly Collector[],
  { intervalMs = EVERY_MS, slowestMs = SLOWEST_WITHIN_MS }: ObservationOptions = {},
): Promise<Observation> {
  const { able, unavailable } = await whoCanSee(collectors);
  const looks: Look[][] = able.map(() => []);
  const missed = new Map<string, Missed>();
  let zeroMs = performance.now();
  let interval = intervalMs;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const miss = (collector: string, atMs: number, reason: string) => {
    const found = missed.get(collector);
    if (!found) missed.set(collector, { collector, count: 1, firstMs: atMs, lastMs: atMs, reason });
    else {
      found.count++;
      found.lastMs = atMs;
    }
  };
  const look = async (thorough: boolean) => {
    await Promise.all(
      able.map(async (collector, i) => {
        const fromMs = performance.now();
        const got = await readWithin(collector, thorough ? SLOWEST_EDGE_MS : slowestMs, thorough);
        // To the tenth of a millisecond: reading takes longer.
        const atMs = Math.max(0, Math.round(((fromMs + performance.now()) / 2 - zeroMs) * 10) / 10);
        if (typeof got === "string") miss(collector.id, atMs, got);
        looks[i]?.push(typeof got === "string" ? { atMs } : { atMs, readings: got });
      }),
    );
    if ((looks[0]?.length ?? 0) < MOST_LOOKS) return;
    for (const each of looks) thin(each);
    interval *= 2;
  };
  const schedule = (dueMs: number) => {
    if (ended) return;
    timer = setTimeout(
      () => {
        pending = look(false).then(() => schedule(Math.max(dueMs + interval, performance.now())));
      },
      Math.max(0, dueMs - performance.now()),
    );
  };
  await look(true);
  let pending: Promise<void> = Promise.resolve();

  return {
    begin: () => {
      zeroMs = performance.now();
      for (const first of looks) for (const each of first) each.atMs = 0;
      for (const each of missed.values()) each.firstMs = each.lastMs = 0;
      if (able.length > 0) schedule(zeroMs + interval);
    },
    end: async () => {
      ended = true;
      clearTimeout(timer);
      await pending;
      await look(true);
      for (const collector of able) await collector.close?.();
      const made = able.map((collector, i) => ({ collector, ...toSeries(looks[i] ?? []) }));
      for (const { collector, reset } of made) if (reset) miss(collector.id, reset.atMs, reset.reason);
      const changes = able.flatMap((collector) => collector.changes?.() ?? []);
      return {
        series: made.flatMap(({ series }) => series),
        unavailable,
        ...(missed.size > 0 && { missed: [...missed.values()] }),
        ...(changes.length > 0 && { changes }),
      };
    },
  };
}

async function whoCanSee(collectors: readonly Collector[]) {
  const reasons = await Promise.all(collectors.map(reasonOf));
  const able = collectors.filter((_, i) => reasons[i] === undefined);
  for (const collector of able) await collector.open?.();
  const unavailable = collectors.flatMap(({ id }, i) => {
    const reason = reasons[i];
    return reason === undefined ? [] : [{ collector: id, reason }];
  });
  return { able, unavailable };
}

async function reasonOf(collector: Collector): Promise<string | undefined> {
  try {
    return await collector.unavailable();
  } catch (thrown) {
    return sentence(thrown);
  }
}

/** The readings, or in a sentence why there are none. */
async function readWithin(
  collector: Collector,
  limitMs: number,
  thorough: boolean,
): Promise<readonly Reading[] | string> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`It did not answer within ${limitMs} ms.`);
      abort.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([collector.read(abort.signal, thorough).catch(sentence), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

function sentence(thrown: unknown): string {
  const message = messageOf(thrown);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Drops every second one in place, and keeps the first. */
function thin(looks: Look[]): void {
  looks.splice(0, looks.length, ...looks.filter((_, i) => i % 2 === 0));
}

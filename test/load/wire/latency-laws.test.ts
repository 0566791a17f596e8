import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/random.ts";
import { type Arrivals, createRecorder, type Phase, type PhaseRecorder } from "../../../src/load/index.ts";
import { wireEngine } from "../../../src/load/wire/wire.ts";
import type { Histogram } from "../../../src/statistics/index.ts";
import { encode } from "../loopback.ts";
import { virtualTime } from "./virtual-time.ts";

const US = 1e3;
const MS = 1e6;
const S = 1e9;
const PERCENTILES = [1, 10, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

type Law = (n: number, sentNs: number) => number;

/** Laws as functions of the sending's number: the same sending takes the same time, whoever asks. */
const drawn = Array.from(
  { length: 100_000 },
  (
    (random) => () =>
      random.next()
  )(seededRandom("laws")),
);
const draw = (n: number) => drawn[n % drawn.length] as number;
const LAWS: Readonly<Record<string, Law>> = {
  constant: () => 2 * MS,
  exponential: (n) => Math.ceil(-Math.log(1 - draw(n)) * 2 * MS),
  bimodal: (n) => (draw(n) < 0.95 ? MS : 40 * MS) + (n % 97) * US,
  stalling: (n, sentNs) => (sentNs % (200 * MS) < 20 * MS ? 20 * MS - (sentNs % (200 * MS)) : 0) + MS + (n % 13) * US,
};

interface Run {
  readonly recorder: PhaseRecorder;
  /** The server's latencies in the order of sending. */
  readonly truth: readonly number[];
  readonly startNs: number;
}

async function run(law: Law, lengthNs: number, concurrency: number, arrivals?: Arrivals): Promise<Run> {
  const truth: number[] = [];
  const world = virtualTime((n, sentNs) => {
    const latency = law(n, sentNs);
    truth.push(latency);
    return latency;
  });
  const startNs = world.clock.now();
  const recorder = createRecorder(startNs, lengthNs, arrivals !== undefined);
  const phase: Phase = {
    requests: encode("http"),
    concurrency,
    startNs,
    ...(arrivals && { arrivals }),
    deadline: startNs + lengthNs,
    requestTimeoutMs: 60_000,
    recorder,
    answers: { cheap: () => true, full: () => undefined },
    fullCheckEvery: 100,
    signal: new AbortController().signal,
  };
  const engine = wireEngine({ host: "127.0.0.1", port: 80, prefix: "", headers: [] }, world.clock, world);
  const summary = await world.until(engine.run(phase));
  await engine.close();
  expect(summary).toMatchObject({ sent: truth.length, completed: truth.length, reconnects: 0, errorSamples: [] });
  return { recorder, truth, startNs };
}

/** What the histogram says of each percentile is what the times say, to its resolution. */
function expectTimes(histogram: Histogram, times: readonly number[]): void {
  const sorted = Float64Array.from(times).sort();
  expect(histogram.count).toBe(sorted.length);
  for (const percentile of PERCENTILES) {
    const exact = sorted[Math.max(1, Math.ceil((percentile / 100) * sorted.length - 1e-9)) - 1] as number;
    const read = histogram.percentile(percentile);
    expect(read, `p${percentile}`).toBeGreaterThanOrEqual(exact);
    expect(read, `p${percentile}`).toBeLessThanOrEqual(exact * 1.001);
  }
}

/** When the requests of a queue with so many servers are done, each taken in the order in which they are due. */
function queueTimes(
  due: readonly number[],
  service: readonly number[],
  servers: number,
): { response: number[]; lateness: number[] } {
  const free = Array.from({ length: servers }, () => Number.NEGATIVE_INFINITY);
  const response: number[] = [];
  const lateness: number[] = [];
  for (const [i, at] of due.entries()) {
    const server = free.indexOf(Math.min(...free));
    const start = Math.max(at, free[server] as number);
    free[server] = start + (service[i] as number);
    response.push(free[server] - at);
    lateness.push(start - at);
  }
  return { response, lateness };
}

/** Instants after the begin, and a schedule of them that has no end. */
function schedule(gap: () => number): { readonly due: number[]; readonly arrivals: Arrivals } {
  const due: number[] = [];
  let at = 0;
  return {
    due,
    arrivals: {
      next: () => {
        at += gap();
        due.push(at);
        return at;
      },
    },
  };
}

const LENGTH = 4 * S;

describe.each(Object.entries(LAWS))("latencies of the %s law are read exactly", (_name, law) => {
  test.each([1, 32])("in a closed loop of %d", async (concurrency) => {
    const { recorder, truth } = await run(law, LENGTH, concurrency);
    const { latency, counts } = recorder.recorded();
    expect(truth.length).toBeGreaterThan(300 * concurrency);
    expect(counts.ok).toBe(truth.length);
    expectTimes(latency, truth);
  });

  test.each([
    ["constant", 1, 10 * MS],
    ["constant", 4, 2.5 * MS],
    ["Poisson", 1, 10 * MS],
    ["Poisson", 4, 2.5 * MS],
    ["Poisson", 64, MS],
  ] as const)("in an open loop of %s arrivals over %d connections", async (kind, connections, meanGap) => {
    const random = seededRandom("arrivals", kind, connections);
    const gap = kind === "constant" ? () => meanGap : () => Math.ceil(-Math.log(1 - random.next()) * meanGap);
    const { due, arrivals } = schedule(gap);
    const { recorder, truth } = await run(law, LENGTH, connections, arrivals);
    const inPhase = due.filter((at) => at <= LENGTH);
    expect(truth.length).toBe(inPhase.length);
    const { latency, service, lateness } = recorder.recorded();
    const queue = queueTimes(inPhase, truth, connections);
    expectTimes(service, truth);
    expectTimes(latency, queue.response);
    expectTimes(lateness, queue.lateness);
  });
});

test("a stall of one second in ten at 1000/s shows in the response times as the closed form says, and not in the service times", async () => {
  const { arrivals } = schedule(() => MS);
  let begin = 0;
  const law: Law = (n, sentNs) => {
    if (n === 0) begin = sentNs;
    const within = (sentNs - begin) % (10 * S);
    return (within < S ? S - within : 0) + 500 * US;
  };
  const { recorder } = await run(law, 60 * S, 128, arrivals);
  const { latency, service } = recorder.recorded();
  // A tenth of the requests is due during a stall, evenly, and waits for its end.
  const closedForm = (percentile: number) => (1 - (100 - percentile) / 10) * S;
  for (const percentile of [95, 99, 99.9]) {
    expect(latency.percentile(percentile) / closedForm(percentile), `p${percentile}`).toBeGreaterThan(0.98);
    expect(latency.percentile(percentile) / closedForm(percentile), `p${percentile}`).toBeLessThan(1.02);
  }
  expect(latency.percentile(50)).toBeLessThan(MS);
  expect(service.percentile(98.5)).toBeLessThan(MS);
});

import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { createRecorder, Outcome } from "../../src/load/index.ts";
import type { Measured } from "../../src/load/measured.ts";
import {
  clientCpuPerRequest,
  errorRate,
  inferenceThroughput,
  latency,
  requestThroughput,
  serverCpuPerInference,
  serviceTime,
} from "../../src/load/metrics/index.ts";
import { judgeValidity } from "../../src/load/validity/judge-validity.ts";
import { notStationary } from "../../src/load/validity/not-stationary.ts";
import { noisySeries } from "../statistics/noisy-series.ts";

const MS = 1e6;
const idle = { elapsedMs: 10_000, wallMs: 10_000, cpuMs: 1000, eventLoopUtilisation: 0.2, rssBytes: 1e8 };

interface Traffic {
  /** Right answers in each of 100 intervals of 100 ms. */
  readonly rate: (interval: number) => number;
  readonly failures?: number;
  readonly latencyMs?: number;
}

/** Ten seconds of answers of 5 ms, unless said otherwise, and four inferences each. */
function measured({ rate, failures = 0, latencyMs = 5 }: Traffic, change: Partial<Measured> = {}): Measured {
  const recorder = createRecorder(0, 10_000 * MS);
  let completed = 0;
  for (let interval = 0; interval < 100; interval++) {
    const count = Math.round(rate(interval));
    for (let i = 0; i < count; i++, completed++) {
      const end = (interval + (i + 0.5) / count) * 100 * MS;
      recorder.record(end - latencyMs * MS, end - latencyMs * MS, end, Outcome.ok, 4, 10);
    }
  }
  for (let i = 0; i < failures; i++, completed++) recorder.record(0, 0, 20 * MS, Outcome.reset, 0, 0);
  const summary = { sent: completed, completed, reconnects: 0, fullChecks: 0, wrongAnswers: [], errorSamples: [] };
  return {
    recorded: recorder.recorded(),
    summary,
    client: idle,
    clientWhileSending: idle,
    interrupted: false,
    ...change,
  };
}

/** 400 answers in as many milliseconds. */
function shortPhase() {
  const recorder = createRecorder(0, 400 * MS);
  for (let i = 0; i < 400; i++) recorder.record(i * MS, i * MS, (i + 0.5) * MS, Outcome.ok, 1, 10);
  return recorder.recorded();
}

const codes = (each: Measured) => judgeValidity(each).problems.map(({ code }) => code);

describe("a measurement", () => {
  test("is valid when nothing speaks against it, and says what was looked at", () => {
    expect(judgeValidity(measured({ rate: () => 20 }))).toEqual({
      valid: true,
      problems: [],
      evidence: [
        { key: "errors", value: "none" },
        { key: "client", value: "event loop busy 20 % of the time, 10 % of one core used" },
        { key: "drift", value: "throughput changed by +0 % ± 0 % over the phase" },
        { key: "samples", value: "2000 right answers" },
      ],
    });
  });

  test.each([
    ["event loop", { ...idle, eventLoopUtilisation: 0.95 }],
    ["processor", { ...idle, cpuMs: 9500 }],
  ])("is limited by a client whose %s is busy", (_what, clientWhileSending) => {
    const { problems, valid } = judgeValidity(measured({ rate: () => 20 }, { clientWhileSending }));
    expect(valid).toBe(false);
    expect(problems[0]?.code).toBe("client-limited");
    expect(problems[0]?.evidence).toMatch(
      /^the client was the limit: event loop busy \d+ % of the time, \d+ % of one core used/,
    );
  });

  test("is limited by a client that could not run for a tenth of the time, of several workers by the one that could least", () => {
    const stalled = (stalledMs: number) => ({ clientWhileSending: { ...idle, stalledMs } });
    expect(codes(measured({ rate: () => 20 }, stalled(900)))).toEqual([]);
    const { problems } = judgeValidity(measured({ rate: () => 20 }, stalled(1200)));
    expect(problems).toMatchObject([
      { code: "client-limited", evidence: expect.stringContaining("it attended to nothing for 12 % of the time") },
    ]);
    const part = (worker: number, stalledMs: number) => ({
      worker,
      sent: 1000,
      ok: 1000,
      client: idle,
      clientWhileSending: { ...idle, stalledMs },
    });
    const workers = [part(0, 0), part(1, 3000), part(2, 100)];
    const { problems: theirs } = judgeValidity(measured({ rate: () => 20 }, { workers }));
    expect(theirs[0]?.evidence).toContain("worker 1: it attended to nothing for 30 % of the time");
  });

  test("tells how many requests were in flight by Little's law, and doubts times that add up to more, or to much less", () => {
    // 200 answers a second of 5 ms each: one in flight on average.
    const inFlight = (concurrency: number) => judgeValidity(measured({ rate: () => 20 }, { concurrency }));
    expect(inFlight(1)).toMatchObject({ valid: true, problems: [] });
    expect(inFlight(1).evidence).toContainEqual({ key: "in flight", value: "1.00 of 1 by Little's law" });
    expect(codes(measured({ rate: () => 16 }, { concurrency: 1 }))).toEqual([]);
    expect(codes(measured({ rate: () => 14 }, { concurrency: 1 }))).toEqual(["client-limited"]);
    expect(codes(measured({ rate: () => 21 }, { concurrency: 1 }))).toEqual(["clock"]);
  });

  test("is not limited by a client that only waited awake", () => {
    const spinning = { ...idle, cpuMs: 9900, eventLoopUtilisation: 1 };
    const { summary, ...rest } = measured({ rate: () => 20 }, { clientWhileSending: spinning });
    const waited = (awakeMs: number) => codes({ ...rest, summary: { ...summary, awakeMs } });
    expect([waited(0), waited(2000), waited(500)]).toEqual([["client-limited"], [], ["client-limited"]]);
  });

  test("has too few samples below 368 right answers, and says how many are missing", () => {
    expect(judgeValidity(measured({ rate: () => 3 })).problems).toEqual([
      { code: "too-few-samples", evidence: "300 right answers do not bound p99: 68 more are needed" },
    ]);
    expect(codes(measured({ rate: () => 4 }))).toEqual([]);
  });

  test("has too many errors beyond one in a hundred, not before", () => {
    expect(codes(measured({ rate: () => 20, failures: 20 }))).toEqual([]);
    expect(judgeValidity(measured({ rate: () => 20, failures: 100 })).problems).toEqual([
      { code: "errors", evidence: "4.8 % of the requests did not come to a right answer (reset 100); at most 1 % may" },
    ]);
  });

  test("is not stationary when throughput surely drifted, in a step or slowly", () => {
    const { problems } = judgeValidity(measured({ rate: (i) => (i < 50 ? 40 : 30) }));
    expect(problems.map(({ code }) => code)).toEqual(["not-stationary"]);
    expect(problems[0]?.evidence).toMatch(
      /^throughput changed by -4\d\.\d % ± [\d.]+ % over the phase: the server was not/,
    );
    expect(codes(measured({ rate: (i) => 100 - i / 5 }))).toEqual(["not-stationary"]);
    expect(codes(measured({ rate: (i) => (i < 50 ? 40 : 39) }))).toEqual([]);
  });

  test("is too short when its noise hides whether it drifted, and says how long would do", () => {
    const random = seededRandom("noise");
    const [problem, ...more] = judgeValidity(measured({ rate: () => random.integer(0, 40) })).problems;
    expect(more).toEqual([]);
    expect(problem?.code).toBe("too-few-samples");
    expect(problem?.evidence).toMatch(
      /neither excludes a drift of 10 % nor tells the throughput to 5 %: a phase about [\d.]+ times as long would$/,
    );
  });

  test("may be noisier when its mean is known to a twentieth, and says what is not excluded", () => {
    const random = seededRandom("noise");
    const { valid, evidence } = judgeValidity(measured({ rate: () => random.integer(30, 70) }));
    expect(valid).toBe(true);
    expect(evidence.find(({ key }) => key === "drift")?.value).toMatch(
      /over the phase: a drift of 10 % is not excluded, the mean is known to ± [\d.]+ %$/,
    );
  });

  test.each([0, 0.5])("with three tenths of drift is hardly ever steady, whatever the noise (%d-correlated)", (rho) => {
    const random = seededRandom("steadiness");
    const share = (drift: number, noise: number) => {
      const windowsOf = () =>
        noisySeries(random, 30, { rho, noise, drift }).map((level, i) => ({
          startMs: 300 * i,
          durationMs: 300,
          ok: Math.max(0, 1000 * level),
          failed: 0,
          inferences: 0,
        }));
      const each = measured({ rate: () => 1 }).recorded;
      const steady = Array.from({ length: 500 }, () => notStationary({ recorded: { ...each, windows: windowsOf() } }));
      return steady.filter(({ problem }) => problem === undefined).length / 500;
    };
    for (const noise of [0.02, 0.08, 0.15, 0.25]) expect(share(0.3, noise), `${noise}`).toBeLessThanOrEqual(0.03);
    expect(share(0, 0.03)).toBeGreaterThan(0.9);
  });

  test("that is too short to show a steady state is not valid", () => {
    expect(codes(measured({ rate: (i) => (i < 4 ? 100 : 0) }, { recorded: shortPhase() }))).toEqual([
      "too-few-samples",
    ]);
  });

  test("is not blamed for the time in which the first answers could not have come", () => {
    expect(codes(measured({ rate: (i) => (i < 6 ? 0 : 20), latencyMs: 600 }))).toEqual([]);
    expect(codes(measured({ rate: (i) => (i < 6 ? 0 : 20) }))).not.toEqual([]);
  });

  test("of an open loop is not blamed for the noise of the arrivals, but for falling behind more and more", () => {
    const open = (answerMs: (due: number) => number) => {
      const recorder = createRecorder(0, 10_000 * MS, true);
      const random = seededRandom("arrivals");
      for (let due = 0; due < 10_000; due += -2 * Math.log(1 - random.next()))
        recorder.record(due * MS, due * MS, (due + answerMs(due)) * MS, Outcome.ok, 1, 10);
      return codes(measured({ rate: () => 0 }, { recorded: recorder.recorded() }));
    };
    expect(open(() => 5)).toEqual([]);
    expect(open((due) => 5 + (due * due) / 30_000)).toEqual(["not-stationary"]);
  });

  test("of an open loop is off schedule when requests were sent late, or not at all", () => {
    const open = (lateMs: number, latencyMs: number, unsent = 0) => {
      const recorder = createRecorder(0, 10_000 * MS, true);
      for (let i = 0; i < 5000; i++) {
        const due = i * 2 * MS;
        const start = due + (i % 20 === 0 ? lateMs * MS : 0);
        recorder.record(due, start, due + latencyMs * MS, Outcome.ok, 1, 10);
      }
      for (let i = 0; i < unsent; i++) recorder.record(9_999 * MS, 10_100 * MS, 10_100 * MS, Outcome.notSent, 0, 0);
      return judgeValidity(measured({ rate: () => 20 }, { recorded: recorder.recorded() })).problems;
    };
    expect(open(0.9, 5)).toEqual([]);
    expect(open(1.9, 20)).toEqual([]);
    expect(open(1.9, 5)).toEqual([
      {
        code: "off-schedule",
        evidence:
          "one request in a hundred was sent more than 1.90 ms after it was due; at most 1.00 ms keeps the schedule",
      },
    ]);
    expect(open(0, 5, 3)).toEqual([
      { code: "off-schedule", evidence: "3 requests that were due could not be sent before the phase ended" },
    ]);
  });

  test.each([11_000, 9_000])("is not valid when the clocks went apart (%i ms of the wall clock)", (wallMs) => {
    expect(codes(measured({ rate: () => 20 }, { client: { ...idle, wallMs } }))).toEqual(["clock"]);
  });

  test("is not valid when it was interrupted", () => {
    expect(codes(measured({ rate: () => 20 }, { interrupted: true }))).toEqual(["interrupted"]);
  });

  test("of nothing at all is not valid", () => {
    expect(codes(measured({ rate: () => 0 }))).toEqual(["too-few-samples"]);
  });
});

describe("metrics", () => {
  test("are computed from what was recorded", () => {
    const each = measured({ rate: () => 20, failures: 500 }, { serverCpuMs: 4000 });
    expect(requestThroughput.from(each)).toEqual({ value: 200, low: 200, high: 200 });
    expect(inferenceThroughput.from(each).value).toBe(800);
    expect(latency.from(each)).toEqual(serviceTime.from(each));
    expect(latency.from(each)).toMatchObject({ count: 2000, minNs: 5 * MS, maxNs: 5 * MS, clamped: 0 });
    expect(latency.from(each).percentiles.map(({ percentile }) => percentile)).toEqual([50, 90, 95, 99, 99.9]);
    expect(errorRate.from(each)).toBeCloseTo(0.2, 12);
    expect(clientCpuPerRequest.from(each)).toBe((1000 * MS) / 2500);
    expect(serverCpuPerInference.from(each)).toBe((4000 * MS) / 8000);
  });

  test("are absent, not 0, when what they divide by is not known", () => {
    const nothing = measured({ rate: () => 0 });
    expect(clientCpuPerRequest.from(nothing)).toBeUndefined();
    expect(serverCpuPerInference.from(measured({ rate: () => 1 }))).toBeUndefined();
    expect(serverCpuPerInference.from({ ...nothing, serverCpuMs: 5 })).toBeUndefined();
    expect(errorRate.from(nothing)).toBeUndefined();
    expect(latency.from(nothing)).toMatchObject({ count: 0, percentiles: [] });
    expect(latency.from(nothing)).not.toHaveProperty("histogram");
  });
});

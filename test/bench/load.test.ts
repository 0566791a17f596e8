import { describe, expect, test } from "vitest";
import { CELLS, cellsNamed } from "../../bench/load/cells.ts";
import type { Measured } from "../../bench/load/measure.ts";
import { ab } from "../../bench/load/peers/ab.ts";
import { fortio } from "../../bench/load/peers/fortio.ts";
import { ghz } from "../../bench/load/peers/ghz.ts";
import { h2load } from "../../bench/load/peers/h2load.ts";
import { hey } from "../../bench/load/peers/hey.ts";
import { perfAnalyzer } from "../../bench/load/peers/perf-analyzer.ts";
import { wrk } from "../../bench/load/peers/wrk.ts";
import { losses, rowOf } from "../../bench/load/rows.ts";
import type { Task } from "../../bench/load/task.ts";

const task: Task = {
  protocol: "http",
  question: { model: "m4", tensor: "x", floats: 4, configured: true },
  load: { kind: "closed", inFlight: 4 },
  seconds: 1,
  port: 1,
};

describe("what clients print", () => {
  test("wrk tells requests, percentiles with units, and errors of two kinds", () => {
    const output = [
      "  Latency Distribution",
      "     50%   83.00us",
      "     99%    6.61ms",
      "  29802 requests in 1.01s, 7.70MB read",
      "  Socket errors: connect 1, read 2, write 0, timeout 3",
      "  Non-2xx or 3xx responses: 4",
      "Requests/sec:  29478.91",
    ].join("\n");
    const { percentiles, ...rest } = wrk.read(output, task, "");
    expect(rest).toEqual({ requests: 29_802, perSecond: 29_478.91, errors: 10 });
    expect([...percentiles]).toEqual([
      [50, 83_000],
      [99, 6.61e6],
    ]);
  });

  test("hey tells statuses, and errors by their number", () => {
    const output = [
      "  Total:\t1.0000 secs",
      "  Requests/sec:\t8148.0000",
      "  0.001 [5824]\t|■■■",
      "  50% in 0.0004 secs",
      "  99% in 0.0014 secs",
      "Status code distribution:",
      "  [200]\t8100 responses",
      "  [503]\t40 responses",
      "Error distribution:",
      "  [8]\tPost : connection reset by peer",
    ].join("\n");
    const { percentiles, ...rest } = hey.read(output, task, "");
    expect(rest).toEqual({ requests: 8148, perSecond: 8148, errors: 48 });
    expect(percentiles.get(99)).toBeCloseTo(1.4e6);
  });

  test("ab tells whole milliseconds", () => {
    const output =
      "Complete requests:      17440\nFailed requests:        0\n  50%      1\n  99%     16\n 100%     30 (longest request)\n";
    const { requests, percentiles } = ab.read(output, task, "");
    expect([requests, percentiles.get(50), percentiles.get(99)]).toEqual([17_440, 1e6, 16e6]);
  });

  test("h2load tells succeeded and failed", () => {
    const output =
      "requests: 1945 total, 1947 started, 1945 done, 1940 succeeded, 5 failed, 0 errored, 0 timeout\nstatus codes: …";
    expect(h2load().read(output, task, "")).toEqual({
      requests: 1940,
      perSecond: 1940,
      errors: 5,
      percentiles: new Map(),
    });
  });

  test("fortio tells seconds, in JSON among other lines", () => {
    const result = {
      ActualQPS: 18_131,
      RetCodes: { "200": 99, "503": 1 },
      DurationHistogram: { Count: 100, Percentiles: [{ Percentile: 50, Value: 0.000853 }] },
    };
    const told = fortio.read(`Starting\n${JSON.stringify(result, undefined, 2)}\nAll done`, task, "");
    expect(told).toMatchObject({ requests: 99, perSecond: 18_131, errors: 1 });
    expect(told.percentiles.get(50)).toBeCloseTo(853_000);
  });

  test("ghz tells nanoseconds", () => {
    const result = {
      count: 100,
      rps: 5395,
      latencyDistribution: [{ percentage: 99, latency: 44_277_000 }],
      statusCodeDistribution: { OK: 97, Unavailable: 3 },
    };
    expect(ghz.read(JSON.stringify(result), task, "")).toEqual({
      requests: 97,
      perSecond: 5395,
      errors: 3,
      percentiles: new Map([[99, 44_277_000]]),
    });
  });

  test("perf_analyzer tells microseconds, and nothing measured is an error", () => {
    const output =
      "  Client: \n    Request count: 7140\n    Throughput: 6747.23 infer/sec\n    p50 latency: 265 usec\n    p99 latency: 1229 usec\n";
    const { perSecond, percentiles } = perfAnalyzer(false).read(output, task, "");
    expect([perSecond, percentiles.get(50), percentiles.get(99)]).toEqual([6747.23, 265_000, 1_229_000]);
    expect(() => perfAnalyzer(false).read("Failed to obtain stable measurement", task, "")).toThrow("measured nothing");
  });
});

describe("cells", () => {
  test("are named whole, by their end, or by their protocol", () => {
    expect(cellsNamed(undefined)).toBe(CELLS);
    expect(cellsNamed("small-32").map(({ id }) => id)).toEqual(["http-small-32", "grpc-small-32"]);
    expect(cellsNamed("http-large-1,grpc").map(({ id }) => id)).toEqual([
      "http-large-1",
      ...CELLS.filter(({ protocol }) => protocol === "grpc").map(({ id }) => id),
    ]);
    // The one with 2 in flight is not the one with 32.
    expect(() => cellsNamed("2")).toThrow("no cell is called 2");
  });
});

describe("rows", () => {
  const [cell] = CELLS as [(typeof CELLS)[number]];
  const measured = (cpuUs: number, rssBytes: number, perSecond: number): Measured => ({
    told: { requests: 100, perSecond, errors: 0, percentiles: new Map([[50, cpuUs]]) },
    requests: 100,
    cpuUs,
    rssBytes,
    answered: 125,
    command: [],
  });

  test("are medians of the rounds", () => {
    const runs = [measured(300, 3e6, 10), measured(100, 1e6, 30), measured(200, 2e6, 20)];
    expect(rowOf(cell, "wrk", runs, 1)).toMatchObject({
      cpuUs: 2,
      cpuRangeUs: [1, 3],
      perSecond: 20,
      rssBytes: 2e6,
      p50Ns: 200,
      counted: 0.8,
    });
  });

  test("tell where infermark loses, and only there", () => {
    const own = rowOf(cell, "infermark", [measured(500, 100e6, 1000)], 1);
    const cheaper = rowOf(cell, "wrk", [measured(400, 5e6, 900)], 1);
    const dearer = rowOf(cell, "k6", [measured(6400, 400e6, 800)], 1);
    expect(losses([own, cheaper, dearer]).map(({ row, what, ratio }) => [row.peer, what, ratio])).toEqual([
      ["wrk", "memory", 20],
      ["wrk", "processor time", 1.25],
    ]);
  });
});

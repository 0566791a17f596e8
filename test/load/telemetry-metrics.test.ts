import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gpuUse, inferencesPerCoreSecond, serverSide } from "../../src/load/metrics/index.ts";
import { createRecorder } from "../../src/load/recorder.ts";
import { growthOf, meanOf } from "../../src/load/series-values.ts";
import { serverCounted } from "../../src/load/validity/server-counted.ts";
import type { Role, Series } from "../../src/telemetry/index.ts";
import { afterwards } from "./loopback.ts";

type Points = readonly (readonly [atMs: number, value: number])[];

function series(id: string, points: Points, role?: Role, labels?: Record<string, string>): Series {
  return {
    id,
    title: id,
    unit: "count",
    source: "a test",
    ...(role && { role }),
    ...(labels && { labels }),
    points: points.map(([atMs, value]) => ({ atMs, value })),
  };
}

const grew = (id: string, by: number, role: Role, labels?: Record<string, string>) =>
  series(
    id,
    [
      [0, 0],
      [2000, by],
    ],
    role,
    labels,
  );

/** A phase of two seconds in which `count` requests of 4 inferences each took 10 ms, as a collector saw it. */
function measured(all: readonly Series[], count = 10, serverCpuMs?: number) {
  const recorder = createRecorder(0, 2e9);
  afterwards(() => recorder.destroy());
  for (let i = 0; i < count; i++) recorder.record(i * 1e6, i * 1e6, i * 1e6 + 1e7, 0, 4, 1);
  const usage = { elapsedMs: 2000, wallMs: 2000, cpuMs: 1, eventLoopUtilisation: 0, rssBytes: 1 };
  const summary = { sent: count, completed: count, reconnects: 0, fullChecks: 0, wrongAnswers: [], errorSamples: [] };
  return {
    recorded: recorder.recorded(2e9),
    summary,
    client: usage,
    clientWhileSending: usage,
    series: all,
    interrupted: false,
    ...(serverCpuMs !== undefined && { serverCpuMs }),
  };
}

describe("a total", () => {
  test("grew by its last value less its first, if both were read", () => {
    expect(
      growthOf(
        series("a/x", [
          [0, 3],
          [1000, 5],
          [2000, 10],
        ]),
      ),
    ).toBe(7);
    expect(growthOf(series("a/x", [[0, 3]]))).toBeUndefined();
    expect(
      growthOf(
        series("a/x", [
          [5, 3],
          [2000, 10],
        ]),
      ),
    ).toBeUndefined();
    expect(
      growthOf({
        ...series("a/x", [
          [0, 3],
          [9, 5],
        ]),
        gaps: [{ fromMs: 20, toMs: 20 }],
      }),
    ).toBeUndefined();
    expect(
      growthOf({
        ...series("a/x", [
          [0, 3],
          [30, 5],
        ]),
        gaps: [{ fromMs: 20, toMs: 20 }],
      }),
    ).toBe(2);
  });
});

describe("a mean over the phase", () => {
  test("is that of the trapezoids, cut at the end of the phase", () => {
    expect(
      meanOf(
        series("a/x", [
          [0, 0],
          [1000, 100],
          [3000, 100],
        ]),
        2000,
      ),
    ).toBe(75);
    expect(
      meanOf(
        series("a/x", [
          [0, 0],
          [4000, 400],
        ]),
        2000,
      ),
    ).toBe(100);
  });

  test("is not known when gaps leave less than nine tenths", () => {
    const most = series("a/x", [
      [0, 1],
      [800, 1],
      [1200, 1],
      [2000, 1],
    ]);
    expect(meanOf(most, 2000)).toBe(1);
    expect(meanOf({ ...most, gaps: [{ fromMs: 1000, toMs: 1000 }] }, 2000)).toBeUndefined();
    expect(meanOf(series("a/x", []), 2000)).toBeUndefined();
  });

  test("of a line is its value in the middle, wherever it was read", () => {
    const instants = fc.uniqueArray(fc.integer({ min: 1, max: 1999 }), { maxLength: 20 });
    fc.assert(
      fc.property(instants, fc.integer({ min: -9, max: 9 }), (within, slope) => {
        const at = [0, ...within.toSorted((a, b) => a - b), 2000];
        expect(
          meanOf(
            series(
              "a/x",
              at.map((ms) => [ms, slope * ms]),
            ),
            2000,
          ),
        ).toBeCloseTo(slope * 1000, 6);
      }),
    );
  });
});

describe("GPUs", () => {
  const gpu = (index: number, utilisation: number, watts: number) => [
    series(
      `nvidia-smi/${index}/utilisation`,
      [
        [0, 0],
        [2000, utilisation],
      ],
      "gpu-utilisation",
      { gpu: `GPU-${index}` },
    ),
    series(
      `nvidia-smi/${index}/power`,
      [
        [0, watts],
        [2000, watts],
      ],
      "gpu-power",
      { gpu: `GPU-${index}` },
    ),
  ];

  test("inferences and energy are those of the GPUs that were busy", () => {
    const use = gpuUse.from(measured([...gpu(0, 0.5, 300), ...gpu(1, 0, 70), ...gpu(2, 1, 100)]));
    // 40 inferences in 2 s, 400 W of both.
    expect(use).toEqual({
      source: "nvidia-smi",
      busy: 2,
      inferencesPerGpuSecond: 10,
      meanWatts: 400,
      joulesPerInference: 20,
    });
  });

  test("what is not known is absent", () => {
    expect(gpuUse.from(measured([]))).toBeUndefined();
    expect(gpuUse.from(measured(gpu(0, 0, 70)))).toBeUndefined();
    const [utilisation] = gpu(0, 1, 300);
    expect(gpuUse.from(measured([utilisation as Series]))).not.toHaveProperty("joulesPerInference");
    expect(gpuUse.from(measured(gpu(0, 1, 300), 0))).not.toHaveProperty("joulesPerInference");
  });
});

describe("the server's own counts", () => {
  const triton = [
    grew("t/ok", 10, "request-count"),
    grew("t/failed", 2, "requests-failed"),
    grew("t/time", 60, "request-time"),
    grew("t/queue", 20, "stage-time", { stage: "queue" }),
    grew("t/inferences", 40, "inferences"),
    grew("t/executions", 5, "executions"),
  ];

  test("mean times, what is beyond them at the client, and the size of batches", () => {
    const [side] = serverSide.from(measured(triton));
    expect(side).toMatchObject({
      source: "t",
      requests: 12,
      meanNs: 6e6,
      effectiveBatch: 8,
      stages: [{ stage: "queue", meanNs: 2e6 }],
    });
    expect(side?.clientMeanNs).toBeCloseTo(1e7, -5);
    expect(side?.overheadNs).toBeCloseTo(4e6, -5);
  });

  test("stages that count their own requests add up where nothing times the whole", () => {
    const [side] = serverSide.from(
      measured([
        grew("k/pre-count", 12, "stage-count", { stage: "preprocess" }),
        grew("k/pre-time", 12, "stage-time", { stage: "preprocess" }),
        grew("k/predict-count", 10, "stage-count", { stage: "predict" }),
        grew("k/predict-time", 50, "stage-time", { stage: "predict" }),
      ]),
    );
    expect(side).toMatchObject({ requests: 12, meanNs: 6e6 });
  });

  test("what was not counted to the end is absent", () => {
    const lost = triton.map((each) => ({ ...each, gaps: [{ fromMs: 2500, toMs: 2500 }] }));
    expect(serverSide.from(measured(lost))).toEqual([]);
    expect(serverSide.from(measured([]))).toEqual([]);
  });

  test("are evidence and no verdict, whether they fit or not", () => {
    expect(serverCounted(measured(triton))).toEqual({
      fact: { key: "counted by the server", value: "12 requests by t, 10 were sent" },
    });
    expect(serverCounted(measured([grew("t/ok", 10, "request-count")])).fact?.value).toBe("10 requests by t");
    expect(serverCounted(measured([]))).toEqual({});
  });

  test("inferences for each second of processor time", () => {
    expect(inferencesPerCoreSecond.from(measured([], 10, 500))).toBe(80);
    expect(inferencesPerCoreSecond.from(measured([], 10))).toBeUndefined();
    expect(inferencesPerCoreSecond.from(measured([], 10, 0))).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { type Collector, observe, prometheus } from "../../src/telemetry/index.ts";
import { exporter } from "./exporter.ts";

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Gives these values in turn, one to each reading; undefined is a reading that fails, the last goes on. */
function giving(values: readonly (number | undefined)[], counter?: true): Collector & { readonly left: () => number } {
  const left = [...values];
  const quantity = {
    id: "made-up/x",
    title: "X",
    unit: "count",
    source: "a test",
    ...(counter && { counter }),
  } as const;
  return {
    id: "made-up",
    left: () => left.length,
    unavailable: () => Promise.resolve(undefined),
    read: () => {
      const value = left.length > 1 ? left.shift() : left[0];
      return value === undefined ? Promise.reject(new Error("nothing there")) : Promise.resolve([{ quantity, value }]);
    },
  };
}

/** Observes until a collector has given all its values, and once more. */
async function observed(collector: ReturnType<typeof giving>) {
  const observation = await observe([collector], { intervalMs: 1 });
  observation.begin();
  while (collector.left() > 1) await pause(2);
  return observation.end();
}

describe("an observation", () => {
  test("has what was read just before the phase at its begin", async () => {
    const { series, missed } = await observed(giving([5, 6, 7]));
    expect(series[0]).toMatchObject({ id: "made-up/x", source: "a test" });
    expect(series[0]?.points[0]).toEqual({ atMs: 0, value: 5 });
    expect(series[0]?.points.at(-1)?.value).toBe(7);
    expect(series[0]).not.toHaveProperty("gaps");
    expect(missed).toBeUndefined();
  });

  test("shows a missed reading as a gap and never as 0", async () => {
    const { series, missed } = await observed(giving([5, undefined, undefined, 8]));
    expect(series[0]?.points.map(({ value }) => value)).not.toContain(0);
    expect(series[0]?.gaps).toHaveLength(1);
    const [gap] = series[0]?.gaps ?? [];
    expect(gap?.fromMs).toBeLessThan(gap?.toMs ?? 0);
    expect(missed).toEqual([
      { collector: "made-up", count: 2, firstMs: gap?.fromMs, lastMs: gap?.toMs, reason: "nothing there." },
    ]);
  });

  test("counts totals from the begin of the phase", async () => {
    const { series } = await observed(giving([100, 140, 150], true));
    expect(series[0]?.points.map(({ value }) => value).slice(0, 3)).toEqual([0, 40, 50]);
  });

  test("knows nothing after a total that went back", async () => {
    const { series, missed } = await observed(giving([100, 140, 3, 200], true));
    expect(series[0]?.points.map(({ value }) => value)).toEqual([0, 40]);
    expect(series[0]?.gaps).toHaveLength(1);
    expect(missed?.[0]?.reason).toContain("made-up/x went back");
  });

  test("a total that appears in the phase began at 0, unless the first reading failed", async () => {
    const quantity = { id: "late/x", title: "X", unit: "count", source: "a test", counter: true } as const;
    const late = (first: () => Promise<[]>): Collector => {
      let n = 0;
      return {
        id: "late",
        unavailable: () => Promise.resolve(undefined),
        read: () => (n++ === 0 ? first() : Promise.resolve([{ quantity, value: 9 }])),
      };
    };
    const valuesOf = async (collector: Collector) => {
      const observation = await observe([collector], { intervalMs: 60_000 });
      observation.begin();
      return (await observation.end()).series[0]?.points.map(({ value }) => value);
    };
    expect(await valuesOf(late(() => Promise.resolve([])))).toEqual([0, 9]);
    expect(await valuesOf(late(() => Promise.reject(new Error("no"))))).toEqual([0]);
  });

  test("holds at most 150 readings, the first and the last among them", async () => {
    const read = { times: 0 };
    const quantity = { id: "many/x", title: "X", unit: "count", source: "a test" } as const;
    const many: Collector = {
      id: "many",
      unavailable: () => Promise.resolve(undefined),
      read: () => Promise.resolve([{ quantity, value: read.times++ }]),
    };
    const observation = await observe([many], { intervalMs: 0.001 });
    observation.begin();
    while (read.times < 170) await pause(5);
    const points = (await observation.end()).series[0]?.points ?? [];
    expect(points.length).toBeLessThanOrEqual(150);
    expect(points[0]?.value).toBe(0);
    expect(points.at(-1)?.value).toBe(read.times - 1);
    expect(points.map(({ atMs }) => atMs)).toEqual(points.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });

  test("never reads again before the last reading has ended", async () => {
    let atOnce = 0;
    let most = 0;
    const reads = { ended: 0 };
    const leisurely: Collector = {
      id: "leisurely",
      unavailable: () => Promise.resolve(undefined),
      read: async () => {
        most = Math.max(most, ++atOnce);
        await pause(10);
        atOnce--;
        reads.ended++;
        return [];
      },
    };
    const observation = await observe([leisurely], { intervalMs: 1, slowestMs: 60_000 });
    observation.begin();
    while (reads.ended < 4) await pause(5);
    await observation.end();
    expect(most).toBe(1);
  });

  test("gives up a reading that takes too long", async () => {
    const slow = await exporter((n, response) => {
      if (n < 2 || n > 3) response.end("process_cpu_seconds_total 1\n");
    });
    const observation = await observe([prometheus({ name: "slow", url: slow.url })], { intervalMs: 5, slowestMs: 30 });
    observation.begin();
    while (slow.asked.length < 5) await pause(5);
    const { series, missed } = await observation.end();
    expect(missed).toMatchObject([{ collector: "prometheus:slow", reason: "It did not answer within 30 ms." }]);
    expect(missed?.[0]?.count).toBeGreaterThanOrEqual(2);
    expect(series[0]?.points.length).toBeGreaterThan(1);
  });

  test("goes on without an exporter that dies half-way, and says so", async () => {
    const dying = await exporter((n, response) => response.end(`process_cpu_seconds_total ${n}\n`));
    const observation = await observe([prometheus({ name: "dying", url: dying.url })], { intervalMs: 5 });
    observation.begin();
    while (dying.asked.length < 4) await pause(5);
    await dying.close();
    await pause(20);
    const { series, missed, changes } = await observation.end();
    expect(series[0]?.points.length).toBeGreaterThan(1);
    expect(series[0]?.gaps?.at(-1)?.toMs).toBeGreaterThan(series[0]?.points.at(-1)?.atMs ?? 0);
    expect(missed?.[0]?.reason).toContain(`${dying.url} gives no answer`);
    expect(changes).toBeUndefined();
  });

  test("takes what a collector throws when asked for a reason why it sees nothing", async () => {
    const broken: Collector = { ...giving([1]), unavailable: () => Promise.reject(new Error("it broke")) };
    const observation = await observe([broken]);
    observation.begin();
    expect(await observation.end()).toEqual({
      series: [],
      unavailable: [{ collector: "made-up", reason: "it broke." }],
    });
  });
});

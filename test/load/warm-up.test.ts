import { expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import type { PointWindow } from "../../src/load/load-point.ts";
import { warmUp } from "../../src/load/warm-up.ts";

/** Steps of 20 windows whose rate is `law` of the number of the window. */
function steps(law: (window: number) => number) {
  const random = seededRandom("warm-up");
  const lengths: number[] = [];
  let window = 0;
  const runStep = (lengthMs: number): Promise<readonly PointWindow[]> => {
    lengths.push(lengthMs);
    const windows = Array.from({ length: 20 }, (_, i) => {
      const ok = law(window++) * (0.99 + 0.02 * random.next());
      return { startMs: 50 * i, durationMs: 50, ok, failed: 0, inferences: ok, p50Ns: 1e9 / ok };
    });
    return Promise.resolve(windows);
  };
  return { lengths, runStep };
}

const never = () => false;

test("takes the time it is given", async () => {
  const { lengths, runStep } = steps(() => 100);
  expect(await warmUp({ warmupMs: 700 }, false, runStep, never)).toBe(700);
  expect(await warmUp({ warmupMs: 0 }, false, runStep, never)).toBe(0);
  expect(lengths).toEqual([700]);
});

test.each([false, true])("goes on until a steady state is seen (open loop: %s)", async (open) => {
  const rising = steps((window) => (window < 60 ? 40 + window : 100));
  const spent = await warmUp({ warmupMs: 30_000, autoWarmup: true }, open, rising.runStep, never);
  expect(spent).toBeGreaterThan(3000);
  expect(spent).toBeLessThan(12_000);
  const steady = steps(() => 100);
  expect(await warmUp({ warmupMs: 30_000, autoWarmup: true }, open, steady.runStep, never)).toBeLessThanOrEqual(3000);
});

test("ends at its bound where there is no steady state", async () => {
  const { lengths, runStep } = steps((window) => 10 + window);
  expect(await warmUp({ warmupMs: 5500, autoWarmup: true }, false, runStep, never)).toBe(5500);
  expect(lengths).toEqual([1000, 1000, 1000, 1000, 1000, 500]);
});

test("ends when the run is stopped", async () => {
  const { lengths, runStep } = steps((window) => 10 + window);
  await warmUp({ warmupMs: 9000, autoWarmup: true }, false, runStep, () => lengths.length >= 2);
  expect(lengths).toHaveLength(2);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Outcome, type OutcomeCode } from "../../src/load/engine.ts";
import { createRecorder, type Recorded } from "../../src/load/recorder.ts";

const START = 5_000;
const LENGTH = 20e9;

const recording = fc.record({
  worker: fc.integer({ min: 0, max: 2 }),
  due: fc.integer({ min: 0, max: 19e9 }),
  late: fc.integer({ min: 0, max: 3e6 }),
  took: fc.oneof(fc.integer({ min: 0, max: 5e6 }), fc.integer({ min: 0, max: 8e12 })),
  outcome: fc.constantFrom(Outcome.ok, Outcome.ok, Outcome.ok, ...(Object.values(Outcome) as OutcomeCode[])),
  inferences: fc.integer({ min: 1, max: 8 }),
});

/** All that can be seen of a recording, histograms in their encoded form. */
function visible({ latency, service, failedLatency, lateness, ...rest }: Recorded) {
  const histograms = [latency, service, failedLatency, lateness].map((each) => each.snapshot());
  return { ...rest, histograms };
}

test.each([false, true])("what workers recorded is merged bit for bit (open loop: %s)", (openLoop) => {
  fc.assert(
    fc.property(fc.array(recording, { maxLength: 60 }), (recordings) => {
      const one = createRecorder(START, LENGTH, openLoop);
      const merged = createRecorder(START, LENGTH, openLoop);
      // Each process has an origin of its own.
      const workers = [0, 7e12, 123].map((origin) => ({ origin, recorder: createRecorder(origin, LENGTH, openLoop) }));
      for (const { worker, due, late, took, outcome, inferences } of recordings) {
        const { origin, recorder } = workers[worker] as (typeof workers)[number];
        const record = (to: typeof one, from: number) =>
          to.record(from + due, from + due + late, from + due + late + took, outcome, inferences, 10);
        record(one, START);
        record(recorder, origin);
      }
      for (const { recorder } of workers) merged.merge(structuredClone(recorder.snapshot()));
      expect(visible(merged.recorded())).toEqual(visible(one.recorded()));
      expect([merged.ok, merged.failed]).toEqual([one.ok, one.failed]);
      for (const each of [one, merged, ...workers.map(({ recorder }) => recorder)]) each.destroy();
    }),
    { numRuns: 20 },
  );
});

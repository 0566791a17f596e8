import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ArrivalPlan, arrivalsOf } from "../../../src/load/schedules/arrival-plan.ts";
import { sharedArrivals, sharedConcurrency, sharedRotation } from "../../../src/load/workers/share.ts";
import { encode } from "../loopback.ts";

const NEVER = Number.POSITIVE_INFINITY;

test("the workers' shares of a schedule and of the rotation are what one process sends", () => {
  const stretches = [{ durationS: 1, from: 50, to: 90 }];
  const plans = fc.constantFrom<ArrivalPlan>(
    { kind: "even", stretches },
    { kind: "poisson", stretches, seed: [7] },
    { kind: "trace", offsetsNs: [1, 1, 5, 8, 13] },
  );
  fc.assert(
    fc.property(
      plans,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 12 }),
      (arrivals, count, different) => {
        const requests = encode("http", different);
        const one = arrivalsOf(arrivals);
        const shares = Array.from({ length: count }, (_, index) => ({
          rotation: sharedRotation(requests, { index, count }),
          arrivals: sharedArrivals({ arrivals } as never, { index, count }),
        }));
        for (let k = 0, due = one.next(); due < NEVER; k++, due = one.next()) {
          const share = shares[k % count] as (typeof shares)[number];
          expect(share.arrivals?.next()).toBe(due);
          expect(share.rotation[Math.floor(k / count) % share.rotation.length]).toBe(requests[k % different]);
        }
        for (const share of shares) expect(share.arrivals?.next()).toBe(NEVER);
      },
    ),
  );
});

test("the workers' requests in flight add up", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (concurrency, count) => {
      const shares = Array.from({ length: count }, (_, index) => sharedConcurrency(concurrency, { index, count }));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(concurrency);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

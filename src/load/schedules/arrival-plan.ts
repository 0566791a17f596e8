import { seededRandom } from "../../base/random.ts";
import type { Arrivals } from "../engine.ts";
import { evenArrivals, poissonArrivals, type Stretch, tracedArrivals } from "./schedules.ts";

/** When the requests of an open loop are due, as plain JSON: whoever has it comes to the same instants. */
export type ArrivalPlan =
  | { readonly kind: "even"; readonly stretches: readonly Stretch[] }
  | { readonly kind: "poisson"; readonly stretches: readonly Stretch[]; readonly seed: readonly (string | number)[] }
  | { readonly kind: "trace"; readonly offsetsNs: readonly number[] };

/** The instants of a plan, from the first one on. */
export function arrivalsOf(plan: ArrivalPlan): Arrivals {
  switch (plan.kind) {
    case "even":
      return evenArrivals(plan.stretches);
    case "poisson":
      return poissonArrivals(plan.stretches, seededRandom(...plan.seed, "arrivals"));
    case "trace":
      return tracedArrivals(plan.offsetsNs);
    default:
      return plan satisfies never;
  }
}

import type { Metric } from "./metric.ts";

/** Requests that did not come to a right answer, divided by those that came to an end; absent when none did. */
export const errorRate: Metric<number | undefined> = {
  id: "error-rate",
  title: "Share of requests without a right answer",
  unit: "ratio",
  from: ({ recorded: { counts } }) => {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return all === 0 ? undefined : 1 - counts.ok / all;
  },
};

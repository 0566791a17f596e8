import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseStatistics } from "../../src/telemetry/collectors/triton-statistics.ts";
import { observe, tritonStatistics } from "../../src/telemetry/index.ts";
import { exporter } from "./exporter.ts";

const recorded = readFileSync(new URL("data/triton-statistics.json", import.meta.url), "utf8");

test("queue, stages and batch sizes of all versions grow by what was counted", async () => {
  const once = JSON.parse(recorded) as { model_stats: object[] };
  const two = JSON.stringify({ model_stats: [...once.model_stats, ...once.model_stats] });
  const triton = await exporter((n, response) => response.end(n < 2 ? recorded : two));
  const observation = await observe([tritonStatistics({ base: `${triton.url}/prefix`, model: "a model" })]);
  observation.begin();
  const { series } = await observation.end();
  const lastOf = (id: string) => series.find((each) => each.id === `triton-statistics/${id}`)?.points.at(-1)?.value;
  expect(new Set(triton.asked)).toEqual(new Set(["/prefix/v2/models/a%20model/stats"]));
  expect(lastOf("success-count")).toBe(5922);
  expect(lastOf("success-time")).toBeCloseTo(3585.98237, 6);
  expect(lastOf("fail-count")).toBe(0);
  expect(lastOf("queue-time")).toBeCloseTo(1273.011897, 6);
  expect(lastOf("compute_infer-time")).toBeCloseTo(1915.149062, 6);
  expect(lastOf("executions")).toBe(5922);
  expect(lastOf("batch-1")).toBe(5922);
});

test("a server without the extension is said in a sentence", async () => {
  const other = await exporter((_n, response) => response.writeHead(404).end());
  expect(await tritonStatistics({ base: other.url, model: "m" }).unavailable()).toBe(
    `The server offers no statistics of the model: ${other.url}/v2/models/m/stats answers with status 404.`,
  );
});

test("what is not a number is left out, what is no statistics is refused", () => {
  const [stats] = parseStatistics(
    '{"model_stats":[{"inference_count":"7","execution_count":-1,"inference_stats":{"queue":{"count":1}}}]}',
  );
  expect(stats).toEqual({ durations: new Map(), batches: new Map() });
  expect(() => parseStatistics("{}")).toThrow("The statistics have no model_stats.");
  expect(() => parseStatistics("{")).toThrow("The statistics are not JSON.");
});

test("any JSON is read or refused in a sentence", () => {
  const key = fc.constantFrom(
    "inference_stats",
    "batch_stats",
    "success",
    "count",
    "ns",
    "batch_size",
    "compute_infer",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, fc.jsonValue(), fc.array(tie("tree")), fc.dictionary(key, tie("tree"))),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      try {
        const stats = parseStatistics(JSON.stringify({ model_stats: value }));
        for (const { durations } of stats)
          for (const { count } of durations.values()) expect(count).toBeGreaterThanOrEqual(0);
      } catch (thrown) {
        expect((thrown as Error).message).toMatch(/^The statistics /);
      }
    }),
  );
});

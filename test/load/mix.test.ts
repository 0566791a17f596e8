import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mixName, readMix } from "../../src/cli/load-mix.ts";
import { type EncodedRequest, encodeRequests, type Workload } from "../../src/load/index.ts";
import { sharedRotation } from "../../src/load/workers/share.ts";
import type { ModelInfo } from "../../src/target/index.ts";

const model = (name: string): ModelInfo => ({
  name,
  versions: [],
  inputs: [],
  outputs: [],
  fixture: false,
  foundBy: [],
});

/** Requests that say which model and how many rows they are of. */
const workload: Workload = {
  protocol: "http",
  encoding: "json",
  encode: ({ model: { name }, batch, count }) =>
    Array.from({ length: count }, (_, index) => ({
      protocol: "http" as const,
      method: "POST" as const,
      path: `/${name}`,
      headers: [],
      body: new Uint8Array(8 + index),
      inferences: batch,
    })),
  cheap: () => true,
  full: () => undefined,
};

const rotationOf = (weights: readonly number[]) =>
  encodeRequests(workload, {
    model: model("a"),
    batch: 1,
    seed: 1,
    parts: weights.map((weight, index) => ({ model: model(String(index)), batch: index + 1, weight })),
  });

function sharesOf(requests: readonly EncodedRequest[], parts: number): readonly number[] {
  return Array.from(
    { length: parts },
    (_, index) => requests.filter(({ path }) => path === `/${index}`).length / requests.length,
  );
}

describe("a mix", () => {
  test("gives each model exactly its share of the rotation, in requests of its own rows", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const rotation = rotationOf(weights);
        const sum = weights.reduce((a, b) => a + b, 0);
        for (const [index, share] of sharesOf(rotation, weights.length).entries())
          expect(share).toBeCloseTo((weights[index] as number) / sum, 12);
        for (const { path, inferences } of rotation) expect(inferences).toBe(Number(path.slice(1)) + 1);
      }),
      { numRuns: 30 },
    );
  });

  test("sends different requests of each model, and few enough to be kept", () => {
    const rotation = rotationOf([3, 1]);
    expect(rotation.length).toBeGreaterThanOrEqual(1024);
    const different = new Set(rotation);
    expect(different.size).toBe(64);
    expect(new Set([...different].map(({ path }) => path))).toEqual(new Set(["/0", "/1"]));
  });

  test.each([2, 3, 8])("keeps about its shares in each of %i workers", (count) => {
    for (let index = 0; index < count; index++) {
      const [first = 0] = sharesOf(sharedRotation(rotationOf([3, 1]), { index, count }), 2);
      expect(first).toBeGreaterThan(0.6);
      expect(first).toBeLessThan(0.9);
    }
  });

  test("is read from --mix, whatever the names of the models", () => {
    const mix = readMix({ mix: ["resnet=3", "bert:8=1", "hub:v2:latest=2"] });
    expect(mix).toEqual([
      { model: "resnet", batch: 1, weight: 3 },
      { model: "bert", batch: 8, weight: 1 },
      { model: "hub:v2:latest", batch: 1, weight: 2 },
    ]);
    expect(mixName(mix)).toBe("resnet=3 + bert:8=1 + hub:v2:latest=2");
  });

  test.each(["resnet", "resnet=", "=3", "resnet=1.5", "resnet=-1"])("is not %s", (written) => {
    expect(() => readMix({ mix: [written] })).toThrow("is not MODEL[:ROWS]=WEIGHT");
  });
});

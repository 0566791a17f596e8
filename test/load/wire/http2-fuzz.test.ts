import { expect, test } from "vitest";
import { compare } from "./http2-fuzz/compare.ts";

const STREAMS = 1200;
const AT_ONCE = 50;

// More of them: bench/fuzz-http2.ts.
test("generated streams of frames, torn anywhere, mean to the wire engine what they mean to node:http2", async () => {
  const divergences: string[] = [];
  let next = 0;
  const work = async () => {
    while (next < STREAMS) {
      const { seed, divergence } = await compare(`test-${next++}`);
      if (divergence !== undefined) divergences.push(`${seed}: ${divergence}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(divergences).toEqual([]);
});

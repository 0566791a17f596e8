import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { watchStalls } from "../../src/telemetry/index.ts";

function holdUp(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test("the time in which a process does not run is counted, also before it runs again", async () => {
  const stalls = watchStalls();
  holdUp(200);
  expect(stalls.stalledMs()).toBeGreaterThan(150);
  await sleep(30);
  const before = stalls.stalledMs();
  expect(before).toBeGreaterThan(150);
  holdUp(100);
  await sleep(30);
  expect(stalls.stalledMs() - before).toBeGreaterThan(50);
  stalls.stop();
});

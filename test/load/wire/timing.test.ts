import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { systemTiming } from "../../../src/load/wire/timing.ts";

const timing = systemTiming(systemClock);
const MS = 1e6;

/** When an alarm rings that is set to `afterMs` from now. */
function rung(
  afterMs: number,
  prepare: (set: (ns: number) => void) => void = () => undefined,
): Promise<{ at: number; set: number; awakeNs: number }> {
  return new Promise((done) => {
    const alarm = timing.exact(
      () => done({ at: systemClock.now(), set, awakeNs: alarm.awakeNs }),
      () => 0,
    );
    const set = systemClock.now() + afterMs * MS;
    prepare((ns) => alarm.set(ns));
    alarm.set(set);
  });
}

test("an exact alarm never rings early, however far away it was set", async () => {
  for (const afterMs of [0, 0.3, 1, 1.9, 2.5, 7.3]) {
    const { at, set } = await rung(afterMs);
    expect(at).toBeGreaterThanOrEqual(set);
  }
});

test("what is set last holds, earlier or later", async () => {
  for (const before of [1, 50, 60_000]) {
    const { at, set } = await rung(5, (ring) => ring(systemClock.now() + before * MS));
    expect(at).toBeGreaterThanOrEqual(set);
  }
});

test("it tells how long it waited awake, which is never longer than it waited", async () => {
  const { awakeNs } = await rung(1.5);
  expect(awakeNs).toBeGreaterThan(0);
  const from = systemClock.now();
  const long = await rung(6);
  expect(long.awakeNs).toBeLessThanOrEqual(long.at - from);
});

test("time in which something was done was not waited", async () => {
  const busy = await new Promise<number>((done) => {
    let events = 0;
    const alarm = timing.exact(
      () => done(alarm.awakeNs),
      () => events++,
    );
    alarm.set(systemClock.now() + MS);
  });
  expect(busy).toBe(0);
});

test("one that is cancelled does not ring", async () => {
  let rings = 0;
  for (const alarm of [
    timing.exact(
      () => rings++,
      () => 0,
    ),
    timing.coarse(() => rings++),
  ]) {
    alarm.set(systemClock.now() + 0.5 * MS);
    alarm.cancel();
    alarm.set(systemClock.now() + 5 * MS);
    alarm.cancel();
  }
  await new Promise((done) => setTimeout(done, 20));
  expect(rings).toBe(0);
});

test("what waits for the end of reading runs once, after all that had come was read", async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets = Array.from({ length: 8 }, () => connect(port, "127.0.0.1"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  while (accepted.length < sockets.length) await once(server, "connection");
  const happened: string[] = [];
  await new Promise<void>((done) => {
    const deferred = timing.afterReading(() => {
      happened.push("run");
      done();
    });
    const cancelled = timing.afterReading(() => happened.push("cancelled"));
    for (const socket of sockets)
      socket.once("data", () => {
        happened.push("read");
        deferred.set();
        cancelled.set();
        cancelled.cancel();
      });
    for (const socket of accepted) socket.end("answer");
  });
  for (const socket of sockets) socket.destroy();
  server.close();
  expect(happened).toEqual([...sockets.map(() => "read"), "run"]);
});

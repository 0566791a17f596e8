import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { ownsPort } from "../../interop/listeners.ts";
import { freePorts, startServer } from "../../interop/process.ts";
import type { Runtime, RuntimePorts, StartedRuntime } from "../../interop/runtime.ts";
import { waitReady } from "../../interop/wait-ready.ts";

const folder = mkdtempSync(join(tmpdir(), "infermark-wait-ready-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: StartedRuntime[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.process.stop()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

const runtime: Runtime = {
  id: "sample",
  version: "1.0",
  readyPath: "/ready",
  prepare() {},
  start: () => Promise.reject(new Error("not started here")),
};
const never = new AbortController().signal;

async function started(script: string, ports: RuntimePorts): Promise<StartedRuntime> {
  const log = join(folder, `${running.length}.log`);
  const options = { cwd: folder, env: { REST: String(ports.rest), GRPC: String(ports.grpc) }, log };
  const sample = { process: await startServer(process.execPath, ["-e", script], options), ports };
  running.push(sample);
  return sample;
}

async function foreignServer(): Promise<number> {
  const server = createServer((_, response) => response.end());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const SECOND_TIME = `
  let asked = 0;
  const rest = require("http").createServer((request, response) => {
    response.statusCode = request.url === "/ready" && ++asked > 1 ? 200 : 503;
    response.end(String(asked));
  });
  require("net").createServer().listen(process.env.GRPC, "127.0.0.1", () => rest.listen(process.env.REST, "127.0.0.1"));
`;

test("waits until the started process answers ready on its own ports", async () => {
  const [rest, grpc] = (await freePorts(2)) as [number, number];
  const sample = await started(SECOND_TIME, { rest, grpc });
  await waitReady(runtime, sample, never);
  const answer = await fetch(`http://127.0.0.1:${rest}/ready`);
  // Not ready at first, ready for the wait, and now once more.
  expect(await answer.text()).toBe("3");
});

test("a process that ends before it is ready is an error that names its log", async () => {
  const [rest] = (await freePorts(1)) as [number];
  const sample = await started("process.exit(5)", { rest });
  await expect(waitReady(runtime, sample, never)).rejects.toThrow("ended by itself with status 5");
});

test("an interrupt ends the wait", async () => {
  const [rest] = (await freePorts(1)) as [number];
  const sample = await started("setInterval(() => {}, 1000)", { rest });
  const interrupt = new AbortController();
  const waiting = waitReady(runtime, sample, interrupt.signal);
  interrupt.abort(new Error("interrupted"));
  await expect(waiting).rejects.toThrow();
  expect(interrupt.signal.aborted).toBe(true);
});

describe.skipIf(!existsSync("/proc/net/tcp"))("who listens", () => {
  test("another process that answers ready on the port is an error", async () => {
    const rest = await foreignServer();
    const sample = await started("setInterval(() => {}, 1000)", { rest });
    await expect(waitReady(runtime, sample, never)).rejects.toThrow(`port ${rest} is served by another process`);
  });

  test("a port is owned by the process that listens and by its parent, by nobody else and not when it is free", async () => {
    const [rest, grpc, free] = (await freePorts(3)) as [number, number, number];
    const sample = await started(SECOND_TIME, { rest, grpc });
    await waitReady(runtime, sample, never);
    expect(ownsPort(sample.process.pid, rest)).toBe(true);
    expect(ownsPort(process.pid, rest)).toBe(true);
    expect(ownsPort(sample.process.pid, await foreignServer())).toBe(false);
    expect(ownsPort(sample.process.pid, free)).toBe(false);
  });
});

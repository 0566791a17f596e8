import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { LoadView } from "../../../src/cli/live/load-view.ts";
import { type LiveServer, startLiveServer } from "../../../src/cli/live/server.ts";

let live: LiveServer | undefined;
afterEach(() => live?.close());

const view: LoadView = {
  run: 1,
  runs: 1,
  plan: "v2-rest",
  point: 1,
  points: 1,
  load: "8 in flight",
  phase: "measuring",
  elapsedMs: 1000,
  lengthMs: 2000,
  requestsPerSecond: 12.345,
  errors: 0,
};

interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** Reads events until `enough` of them have come or the stream has ended. */
async function events(url: string, enough: (events: readonly Event[]) => boolean): Promise<readonly Event[]> {
  const found: Event[] = [];
  const response = await fetch(`${url}events`);
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString("utf8");
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
      found.push({ name, data: JSON.parse(data) });
    }
    if (enough(found)) break;
  }
  return found;
}

function statusOf(url: string, options: { readonly method?: string; readonly host?: string } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { method = "GET", host } = options;
    request(url, { method, ...(host !== undefined && { headers: { host } }) }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    })
      .on("error", reject)
      .end();
  });
}

describe("the live view", () => {
  test("is one page that needs nothing else, and may run its own script alone", async () => {
    live = await startLiveServer(0);
    const response = await fetch(live.url);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).not.toMatch(/\b(?:src|href)=/);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/default-src 'none'.*script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'/);
  });

  test("tells a reader that comes late what was before, then what comes, then how it ended", async () => {
    live = await startLiveServer(0);
    const { progress, url } = live;
    progress.line("fail  <b>x</b>\u001b[31m\n\nevent: end");
    progress.load(view);
    const reading = events(url, () => false);
    const first = await events(url, (all) => all.length > 0);
    expect(first[0]).toMatchObject({
      name: "all",
      data: { view, seconds: [{ requestsPerSecond: 12.3 }], lines: ["fail  <b>x</b>\u001b[31m\n\nevent: end"] },
    });
    progress.line("more");
    await live.close("Conformant, exit 0");
    const all = await reading;
    expect(all.map(({ name }) => name)).toEqual(["all", "line", "end"]);
    expect(all.at(-1)?.data).toBe("Conformant, exit 0");
  });

  test("is told of load at most twice a second, however often it is reported", async () => {
    live = await startLiveServer(0);
    const reading = events(live.url, () => false);
    await events(live.url, (all) => all.length > 0);
    for (let i = 0; i < 100; i++) live.progress.load(view);
    await live.close();
    expect((await reading).filter(({ name }) => name === "load")).toHaveLength(1);
  });

  test("keeps little for a reader that takes nothing in, and goes on for the others", async () => {
    live = await startLiveServer(0);
    const { port, host } = new URL(live.url);
    const stuck = connect(Number(port), "127.0.0.1");
    stuck.write(`GET /events HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await new Promise((resolve) => stuck.once("data", resolve));
    stuck.pause();
    // 50 MB are told.
    for (let i = 0; i < 100_000; i++) live.progress.line("x".repeat(500));
    const [all] = await events(live.url, (found) => found.length > 0);
    const { lines = [] } = (all?.data ?? {}) as { readonly lines?: readonly string[] };
    expect(lines).toHaveLength(30);
    let got = 0;
    stuck.on("data", (chunk: Buffer) => {
      got += chunk.length;
    });
    const ended = new Promise((resolve) => stuck.once("close", resolve));
    stuck.resume();
    await live.close();
    await ended;
    expect(got).toBeLessThan(20e6);
  });

  test.each([
    ["another path", "report", {}, 404],
    ["another method", "", { method: "POST" }, 405],
    ["a name that was made to lead here", "events", { host: "evil.example.com" }, 403],
    ["its own name", "", { host: "localhost:1" }, 200],
  ])("answers %s", async (_, path, options, status) => {
    live = await startLiveServer(0);
    expect(await statusOf(`${live.url}${path}`, options)).toBe(status);
  });

  test("takes no more readers than it can serve", async () => {
    live = await startLiveServer(0);
    const { url } = live;
    const reading = Array.from({ length: 32 }, () => events(url, () => false));
    await events(url, () => true).catch(() => undefined);
    let status = 200;
    for (let i = 0; i < 100 && status === 200; i++) status = await statusOf(`${url}events`);
    expect(status).toBe(503);
    await live.close();
    await Promise.all(reading);
  });

  test("says that a port is taken", async () => {
    live = await startLiveServer(0);
    await expect(startLiveServer(Number(new URL(live.url).port))).rejects.toThrow(/cannot be served on port \d+/);
  });
});

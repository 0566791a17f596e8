import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ResultDocument } from "../../src/result/index.ts";
import { scratchFolder, startCli } from "./run-cli.ts";
import { type SmallServer, serveHttp } from "./servers.ts";

const running: SmallServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

const hang = () => {};

/** Answers what the probe asks, and no inference. */
async function hangingServer(probed: boolean): Promise<SmallServer> {
  const metadata = {
    name: "m",
    versions: [],
    platform: "p",
    inputs: [{ name: "x", datatype: "FP32", shape: [1, 2] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [1, 2] }],
  };
  const server = await serveHttp((request, response) => {
    if (!probed || request.url?.endsWith("/infer")) return hang();
    const body = request.url === "/v2/models/m" ? metadata : { name: "s", version: "1", extensions: [] };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  running.push(server);
  return server;
}

/** Waits until the server has seen such a request, so that the signal comes at a known point. */
async function untilSeen({ seen }: SmallServer, part: string): Promise<void> {
  while (!seen.some((request) => request.includes(part))) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each([
  ["SIGINT", "while the target is still looked at", false, "/v2"],
  ["SIGTERM", "while the target is still looked at", false, "/v2"],
  ["SIGINT", "while checks wait for answers", true, "/infer"],
  ["SIGHUP", "while checks wait for answers", true, "/infer"],
] as const)("%s %s", (signal, _, probed, part) => {
  test("ends the run with exit 130 and a partial document", async () => {
    const server = await hangingServer(probed);
    const cwd = scratchFolder();
    const args = ["conformance", "--rest", server.url, "--model", "m", "--suite", "v2-rest", "--timeout", "1m"];
    const { child, finished } = startCli(args, { cwd });
    await untilSeen(server, part);
    child.kill(signal);
    // A launcher passes the same press of keys on a second time.
    child.kill(signal);
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).not.toContain("internal error");
    const document = JSON.parse(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8")) as ResultDocument;
    expect(document).toMatchObject({ partial: true, endedEarly: "interrupted", gate: { exitCode: 130 } });
    expect(readFileSync(join(cwd, "infermark-report", "index.html"), "utf8")).toContain("interrupted");
  });
});

test("a run that waits for readiness is interrupted at once", async () => {
  const server = await serveHttp((_, response) => response.writeHead(503).end());
  running.push(server);
  const { child, finished } = startCli(["conformance", "--rest", server.url, "--model", "m", "--wait-ready", "10m"]);
  await untilSeen(server, "/v2/health/ready");
  child.kill("SIGINT");
  expect((await finished).code).toBe(130);
});

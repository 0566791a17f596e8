import { describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import { runCli, startCli } from "./run-cli.ts";

const SERVE = ["serve", "--rest-port", "0", "--grpc-port", "0"];

describe("serve", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "says where it listens, answers, and ends with exit 0 on %s",
    async (signal) => {
      const { child, finished, says } = startCli(SERVE);
      let printed = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        printed += chunk.toString("utf8");
      });
      await says("gRPC  127.0.0.1:");
      const url = /REST {2}(http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1];
      const response = await fetch(`${url}/v2/health/live`);
      expect(response.status).toBe(200);
      child.kill(signal);
      const { code, stderr } = await finished;
      expect(code).toBe(0);
      expect(stderr).toBe("");
    },
  );

  test("warns when other machines can reach it", async () => {
    const { child, finished, says } = startCli([...SERVE, "--host", "0.0.0.0"]);
    await says("gRPC");
    child.kill("SIGTERM");
    expect((await finished).stderr).toContain("other machines can reach it");
  });

  test("shows the fault that it was told", async () => {
    const running = await startReference({
      restPort: 0,
      grpcPort: 0,
      faults: ["v2-rest:never-ready"],
      maxBodyBytes: 1e6,
    });
    try {
      expect((await fetch(`${running.restUrl}/v2/health/ready`)).status).not.toBe(200);
      expect((await fetch(`${running.restUrl}/v2/health/live`)).status).toBe(200);
    } finally {
      await running.close();
    }
  });

  test.each([
    ["a fault that does not exist", ["--fault", "v2-rest:drop-id"], 'did you mean "v2-rest:drops-id"?'],
    ["a latency law that it cannot read", ["--latency", "soon"], "latency"],
    ["a port beyond all ports", ["--rest-port", "70000"], "--rest-port 70000 is not a port"],
  ])("refuses %s with exit 2", async (_, args, said) => {
    const { code, stderr } = await runCli([...SERVE, ...args]);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });

  test("refuses a port that is taken with exit 2", async () => {
    const running = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e6 });
    const port = new URL(running.restUrl as string).port;
    const { code, stderr } = await runCli(["serve", "--rest-port", port, "--grpc-port", "0"]);
    await running.close();
    expect(stderr).toContain("choose another port");
    expect(code).toBe(2);
  });
});

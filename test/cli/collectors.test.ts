import { describe, expect, test } from "vitest";
import { collectorsFor, metricsUrls } from "../../src/cli/collectors.ts";
import { settingsFrom } from "../../src/cli/settings.ts";
import { setUpTarget } from "../../src/cli/target.ts";

function collectors(flags: Readonly<Record<string, unknown>>) {
  const settings = settingsFrom({ rest: "http://127.0.0.1:8000/prefix", ...flags }, {});
  return collectorsFor(settings, setUpTarget(settings), "m");
}

const idsOf = (flags: Readonly<Record<string, unknown>>) => collectors(flags).map(({ id }) => id);

describe("collectors", () => {
  test("what is told apart from the target's address watches without being asked", () => {
    expect(idsOf({})).toEqual(["client-process", "nvidia-smi", "triton-statistics"]);
    expect(idsOf({ rest: undefined, grpc: "127.0.0.1:8001" })).toEqual(["client-process", "nvidia-smi"]);
  });

  test("a process, a control group and any number of endpoints are added", () => {
    const metricsUrl = ["a=http://127.0.0.1:1/metrics", "b.c-d=https://[::1]:2/x?y=z"];
    expect(idsOf({ serverPid: "42", metricsUrl })).toEqual([
      "client-process",
      "procfs",
      "cgroup",
      "nvidia-smi",
      "triton-statistics",
      "prometheus:a",
      "prometheus:b.c-d",
    ]);
    expect(idsOf({ serverCgroup: "/sys/fs/cgroup/x" })).toContain("cgroup");
  });

  test("nvidia-smi says nothing about another machine", async () => {
    const gpus = collectors({ rest: "http://192.0.2.1:8000" }).find(({ id }) => id === "nvidia-smi");
    expect(await gpus?.unavailable()).toBe(
      "The target is another machine, and nvidia-smi sees only the GPUs of this one.",
    );
  });

  test("telemetry that was turned off says so", async () => {
    const [only, ...others] = collectors({ telemetry: false, serverPid: "42" });
    expect(others).toEqual([]);
    expect(await only?.unavailable()).toBe("Telemetry was turned off with --no-telemetry.");
  });

  test.each([
    [["http://127.0.0.1/metrics"], '--metrics-url "http://127.0.0.1/metrics" is not NAME=URL'],
    [["a=ftp://x"], '--metrics-url "a=ftp://x" is not NAME=URL'],
    [["a/b=http://x"], '--metrics-url "a/b=http://x" is not NAME=URL'],
    [["a=http://:0:0"], '--metrics-url "a=http://:0:0" is not NAME=URL'],
    [["a=http://x", "a=http://y"], '--metrics-url has the name "a" twice'],
  ])("%j is refused", (metricsUrl, message) => {
    expect(() => metricsUrls({ metricsUrl })).toThrow(message);
  });
});

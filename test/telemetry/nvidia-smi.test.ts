import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseGpuLine } from "../../src/telemetry/collectors/nvidia-smi.ts";
import { nvidiaSmi, observe } from "../../src/telemetry/index.ts";
import { afterwards } from "./exporter.ts";

const csv = fileURLToPath(new URL("data/nvidia-smi.csv", import.meta.url));
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A program that stands in for nvidia-smi: a shell script. */
function program(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "smi-"));
  afterwards(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "nvidia-smi");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("nvidia-smi", () => {
  test("a line is a GPU; what it cannot tell is left out", () => {
    const [busy = "", , poor = ""] = readFileSync(csv, "utf8").split("\n");
    const values = (line: string) =>
      Object.fromEntries((parseGpuLine(line, "x")?.readings ?? []).map(({ quantity, value }) => [quantity.id, value]));
    expect(values(busy)).toEqual({
      "nvidia-smi/0/utilisation": 0.87,
      "nvidia-smi/0/memory-utilisation": expect.closeTo(0.41, 9) as number,
      "nvidia-smi/0/memory": 10240 * 2 ** 20,
      "nvidia-smi/0/power": 312.45,
      "nvidia-smi/0/clock": 1980,
      "nvidia-smi/0/memory-clock": 2619,
      "nvidia-smi/0/temperature": 61,
    });
    expect(values(poor)).toEqual({ "nvidia-smi/2/memory": 512 * 2 ** 20, "nvidia-smi/2/clock": 1200 });
    for (const other of ["", "No devices were found", "0, GPU-1, 2", `${busy}, 1`])
      expect(parseGpuLine(other, "x")).toBeUndefined();
  });

  test("what a GPU really prints is read whole", () => {
    const lines = readFileSync(new URL("data/nvidia-smi-h200.csv", import.meta.url), "utf8")
      .trim()
      .split("\n");
    const watts = lines.map((line) => {
      const { readings = [] } = parseGpuLine(line, "x") ?? {};
      expect(readings).toHaveLength(7);
      return readings.find(({ quantity }) => quantity.role === "gpu-power")?.value;
    });
    expect(watts).toHaveLength(13);
    expect(watts.slice(0, 2)).toEqual([79.31, 378.22]);
  });

  test("all GPUs are seen over time", async () => {
    const smi = nvidiaSmi(program(`cat '${csv}'; case "$*" in *loop-ms*) exec sleep 60;; esac`));
    expect(await smi.unavailable()).toBeUndefined();
    const observation = await observe([smi]);
    observation.begin();
    const { series, missed } = await observation.end();
    expect(missed).toBeUndefined();
    expect(
      series.filter(({ role }) => role === "gpu-power").map(({ labels, points }) => [labels?.["index"], points.length]),
    ).toEqual([
      ["0", 2],
      ["1", 2],
    ]);
    expect(series[0]?.source).toContain("--query-gpu=index,uuid,utilization.gpu");
  });

  test("one that ends half-way is a gap", async () => {
    const smi = nvidiaSmi(program(`cat '${csv}'; case "$*" in *loop-ms*) sleep 0.2; exit 9;; esac`));
    const observation = await observe([smi], { intervalMs: 20 });
    observation.begin();
    await pause(400);
    const { series, missed } = await observation.end();
    expect(missed?.[0]).toMatchObject({ collector: "nvidia-smi", reason: "nvidia-smi has ended with 9." });
    expect(series[0]?.gaps?.length).toBe(1);
  });

  test.each([
    ["missing", () => "/nowhere/nvidia-smi", "nvidia-smi is not installed on this machine."],
    [
      "without driver",
      () => program("echo 'NVIDIA-SMI has failed'; exit 9"),
      "nvidia-smi fails: NVIDIA-SMI has failed.",
    ],
    ["without a GPU", () => program("echo 'No devices were found'"), "nvidia-smi tells nothing about a GPU."],
  ])("one that is %s says so in a sentence", async (_, command, reason) => {
    expect(await nvidiaSmi(command()).unavailable()).toBe(reason);
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { assemble, type LoadPoint, serialize } from "../../src/result/index.ts";
import { observations, options } from "../result/sample-run.ts";
import { loadOf, simulatedQueue, simulatedService } from "../result/simulated-load.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

const cwd = scratchFolder();

function write(name: string, points: readonly LoadPoint[]): void {
  const { load: _load, conformance: _conformance, ...document } = assemble(observations, options);
  writeFileSync(join(cwd, name), serialize({ ...document, load: loadOf(points) }));
}

beforeAll(() => {
  write("before.json", [simulatedService({ seed: "a", seconds: 15 })]);
  write("same.json", [simulatedService({ seed: "b", seconds: 15 })]);
  write("slower.json", [simulatedService({ seed: "c", seconds: 15, slowerTail: 0.08 })]);
  const law = { seed: 1, seconds: 30, servers: 1, serviceMs: 2 };
  write(
    "sweep.json",
    [100, 200, 300, 400, 450, 475].map((rate) => simulatedQueue(law, rate)),
  );
  write("short.json", [simulatedQueue(law, 100)]);
});

describe("infermark compare of load", () => {
  test("ends with 0 between equals and with 1 when a number regressed, in any of several documents", async () => {
    expect((await runCli(["compare", "before.json", "same.json"], { cwd })).code).toBe(0);
    const { code, stdout } = await runCli(["compare", "before.json", "same.json", "slower.json"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("before.json → same.json\n");
    expect(stdout).toMatch(/before\.json → slower\.json\n[^]*p99 {2}.*regressed/);
  });

  test("writes a page, and tells the same as JSON without the points", async () => {
    const args = ["compare", "before.json", "slower.json", "--format", "json", "--html", "page.html"];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(1);
    const { load } = JSON.parse(stdout) as { load: { points: { numbers: unknown[]; before?: unknown }[] } };
    expect(load.points[0]?.numbers).toHaveLength(6);
    expect(load.points[0]?.before).toBeUndefined();
    expect(readFileSync(join(cwd, "page.html"), "utf8")).toContain("<svg");
  });

  test("lets a change pass that does not matter", async () => {
    const { code } = await runCli(["compare", "before.json", "slower.json", "--min-effect", "20%"], { cwd });
    expect(code).toBe(0);
  });

  test.each(["0%", "100%", "much"])("a least effect of %s is refused", async (share) => {
    expect((await runCli(["compare", "before.json", "same.json", "--min-effect", share], { cwd })).code).toBe(2);
  });
});

describe("infermark plan", () => {
  test("tells the replicas for a rate", async () => {
    const args = ["plan", "sweep.json", "--target-rate", "2000/s", "--slo", "p99<=50ms", "--price-per-hour", "1.5"];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    // One carries 500 - ln 100 / 0.05 = 408 a second, 285 with headroom.
    expect(stdout).toContain("9 replicas for 2000/s: 8 with 30 % headroom, and 1 spare");
    expect(stdout).toContain("cost of a million inferences:");
  });

  test("measures how bursty a trace is", async () => {
    const burst = Array.from({ length: 4000 }, (_, i) => Math.floor(i / 20) + (i % 20) / 1000);
    writeFileSync(join(cwd, "trace.txt"), burst.join("\n"));
    const args = ["plan", "sweep.json", "--slo", "p99<=50ms", "--trace", "trace.txt"];
    const { stdout } = await runCli(args, { cwd });
    expect(stdout).toMatch(/arrivals with an index of dispersion of \d{2}/);
    expect(stdout).toContain("converted by the model");
  });

  test("ends with 4 and the reason when the measurements do not tell", async () => {
    const { code, stdout } = await runCli(["plan", "short.json", "--target-rate", "2000"], { cwd });
    expect(code).toBe(4);
    expect(stdout).toContain("No plan: 1 valid load does not make a curve");
  });

  test.each([
    [["--target-rate", "many"], '--target-rate "many" cannot be used'],
    [["--target-rate", "0"], "--target-rate 0 is not positive"],
    [["--headroom", "100%"], '--headroom "100%" is not a share below 100 %'],
    [["--arrivals", "poisson", "--dispersion", "2"], "all say how requests come"],
    [["--arrivals", "poison"], "poisson"],
    [["--slo", "fast"], '"fast" is not a threshold'],
    [["--slo", "spike:p99<1s"], "is of a stage"],
  ] as const)("%s is refused", async (args, problem) => {
    const { code, stderr } = await runCli(["plan", "sweep.json", ...args], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { clientProcess, observe, procfs, SERVER_CPU, SERVER_RSS, watchProcess } from "../../src/telemetry/index.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A made-up /proc. */
function procWith(
  processes: readonly { pid: number; parent: number; ticks: readonly number[]; kB?: number }[],
): string {
  const root = mkdtempSync(join(tmpdir(), "proc-"));
  cleanups.push(() => rmSync(root, { recursive: true }));
  const write = (name: string, stat: string, status: string) => {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, "stat"), stat);
    writeFileSync(join(root, name, "status"), status);
  };
  write("self", "", "");
  for (const { pid, parent, ticks, kB } of processes) {
    const stat = `${pid} (a (strange) name) S ${parent} ${"0 ".repeat(9)}${ticks.join(" ")} 20 0 1 0\n`;
    write(String(pid), stat, kB === undefined ? "Name:\ta\n" : `Name:\ta\nVmRSS:\t  ${kB} kB\n`);
  }
  return root;
}

describe("this process", () => {
  test("is seen to use the processor while it computes", () => {
    const usage = watchProcess();
    burn(60);
    const { cpuMs, elapsedMs, rssBytes } = usage();
    expect(elapsedMs).toBeGreaterThanOrEqual(60);
    expect(cpuMs).toBeGreaterThan(0);
    expect(rssBytes).toBeGreaterThan(1e6);
  });

  test("is collected as shares, collections of garbage and memory", async () => {
    const observation = await observe([clientProcess()], { intervalMs: 10 });
    observation.begin();
    await pause(40);
    burn(20);
    const { series } = await observation.end();
    expect(series.map(({ id }) => id).toSorted()).toEqual([
      "client-process/cpu",
      "client-process/event-loop",
      "client-process/gc",
      "client-process/rss",
    ]);
    const cpu = series.find(({ id }) => id === "client-process/cpu");
    expect(cpu?.points.some(({ value }) => value > 0)).toBe(true);
    // The first reading spans a time before the phase.
    expect(cpu?.gaps).toEqual([{ fromMs: 0, toMs: 0 }]);
    expect(series.every(({ source }) => source === "this process")).toBe(true);
  });
});

describe("procfs", () => {
  test("says in a sentence that a process does not exist", async () => {
    const root = procWith([]);
    expect(await procfs(4242, { root }).unavailable()).toBe(
      "There is no process 4242 on this machine, or it may not be read.",
    );
  });

  test("says in a sentence that the operating system has no procfs", async () => {
    const root = join(procWith([]), "nowhere");
    expect(await procfs(1, { root }).unavailable()).toBe(
      `This operating system has no ${root}, from which processor time and memory are read.`,
    );
  });

  test("sums the times and memory of a process tree, waited-for children included, and of no stranger", async () => {
    const root = procWith([
      { pid: 10, parent: 1, ticks: [100, 20, 3, 4], kB: 1000 },
      { pid: 11, parent: 10, ticks: [50, 5, 0, 0], kB: 500 },
      { pid: 12, parent: 11, ticks: [7, 1, 0, 0] },
      { pid: 13, parent: 1, ticks: [9999, 9999, 0, 0], kB: 77 },
    ]);
    const observation = await observe([procfs(10, { root })]);
    observation.begin();
    writeFileSync(join(root, "12", "stat"), `12 (x) S 11 ${"0 ".repeat(9)}107 1 0 0 20\n`);
    const [cpu, rss] = (await observation.end()).series;
    expect(cpu?.id).toBe(SERVER_CPU);
    expect(cpu?.points.map(({ value }) => value)).toEqual([0, 1000]);
    expect(rss?.id).toBe(SERVER_RSS);
    expect(rss?.points.map(({ value }) => value)).toEqual([1500 * 1024, 1500 * 1024]);
  });

  test("has no sample of a process that has ended", async () => {
    const root = procWith([{ pid: 10, parent: 1, ticks: [1, 1, 0, 0], kB: 8 }]);
    const observation = await observe([procfs(10, { root })]);
    observation.begin();
    rmSync(join(root, "10"), { recursive: true });
    const { series, missed } = await observation.end();
    expect(series.map(({ points, gaps }) => [points.length, gaps?.length])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(missed).toMatchObject([{ collector: "procfs", count: 1, reason: "Process 10 has ended." }]);
  });

  test.runIf(process.platform === "linux")("sees a real child of a real process work", async () => {
    const busy =
      "const until = Date.now() + 250; while (Date.now() < until); console.log('done'); setTimeout(() => {}, 60_000)";
    const parent = `process.stdin.once("data", () => require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(busy)}], {stdio: "inherit"}))`;
    const child = spawn(process.execPath, ["-e", parent], { stdio: ["pipe", "pipe", "inherit"], detached: true });
    cleanups.push(() => process.kill(-(child.pid as number)));
    const collector = procfs(child.pid as number);
    expect(await collector.unavailable()).toBeUndefined();
    const observation = await observe([collector], { intervalMs: 20 });
    observation.begin();
    child.stdin.write("begin\n");
    await once(child.stdout, "data");
    const [cpu, rss] = (await observation.end()).series;
    expect(cpu?.points.at(-1)?.value).toBeGreaterThan(0);
    expect(rss?.points.at(-1)?.value).toBeGreaterThan(1e6);
  });
});

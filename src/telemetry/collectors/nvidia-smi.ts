import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Collector, Quantity, Reading } from "../collector.ts";
import { codeOf } from "../error-code.ts";

const EVERY_MS = 500;
/** A line that is older says nothing about now. */
const OLDEST_MS = 2000;
const SLOWEST_START_MS = 5000;
const MEBIBYTE = 2 ** 20;

interface Field {
  readonly query: string;
  readonly id: string;
  readonly title: string;
  readonly unit: Quantity["unit"];
  readonly scale: number;
  readonly role?: Quantity["role"];
}

const FIELDS: readonly Field[] = [
  {
    query: "utilization.gpu",
    id: "utilisation",
    title: "GPU utilisation",
    unit: "ratio",
    scale: 0.01,
    role: "gpu-utilisation",
  },
  {
    query: "utilization.memory",
    id: "memory-utilisation",
    title: "GPU memory utilisation",
    unit: "ratio",
    scale: 0.01,
  },
  { query: "memory.used", id: "memory", title: "GPU memory used", unit: "bytes", scale: MEBIBYTE },
  { query: "power.draw", id: "power", title: "GPU power", unit: "watts", scale: 1, role: "gpu-power" },
  { query: "clocks.sm", id: "clock", title: "Clock of the multiprocessors", unit: "MHz", scale: 1 },
  { query: "clocks.mem", id: "memory-clock", title: "Clock of the GPU memory", unit: "MHz", scale: 1 },
  { query: "temperature.gpu", id: "temperature", title: "GPU temperature", unit: "celsius", scale: 1 },
];

const ARGUMENTS = [
  `--query-gpu=index,uuid,${FIELDS.map(({ query }) => query).join(",")}`,
  "--format=csv,noheader,nounits",
];

/** The GPUs of this machine, from one nvidia-smi that goes on printing: starting one for each reading would hold up the sending. */
export function nvidiaSmi(command = "nvidia-smi"): Collector {
  const source = [command, ...ARGUMENTS].join(" ");
  const latest = new Map<string, { readonly atMs: number; readonly readings: readonly Reading[] }>();
  let child: ChildProcess | undefined;
  let ended = "";
  return {
    id: "nvidia-smi",
    unavailable: () => reasonFor(command, source),
    open: async () => {
      latest.clear();
      ended = "";
      child = spawn(command, [...ARGUMENTS, `--loop-ms=${EVERY_MS}`], { stdio: ["ignore", "pipe", "ignore"] });
      child.on("error", ({ message }) => {
        ended = `nvidia-smi cannot be run: ${message}.`;
      });
      child.on("exit", (code, signal) => {
        ended = `nvidia-smi has ended with ${code ?? signal}.`;
      });
      if (!child.stdout) return;
      const lines = createInterface(child.stdout);
      lines.on("line", (line) => {
        const gpu = parseGpuLine(line, source);
        if (gpu) latest.set(gpu.uuid, { atMs: performance.now(), readings: gpu.readings });
      });
      await Promise.race([
        once(lines, "line", { signal: AbortSignal.timeout(SLOWEST_START_MS) }).catch(() => undefined),
        once(child, "exit").catch(() => undefined),
      ]);
    },
    read: async () => {
      if (ended !== "") throw new Error(ended);
      const since = performance.now() - OLDEST_MS;
      const readings = [...latest.values()].filter(({ atMs }) => atMs >= since).flatMap((gpu) => gpu.readings);
      if (readings.length === 0) throw new Error(`nvidia-smi has printed nothing for ${OLDEST_MS} ms.`);
      return Promise.resolve(readings);
    },
    close: () => {
      child?.kill();
    },
  };
}

/** One line of the CSV; undefined for any other line. `[N/A]`, `[Not Supported]` and the like are left out. */
export function parseGpuLine(
  line: string,
  source: string,
): { readonly uuid: string; readonly readings: readonly Reading[] } | undefined {
  const [index = "", uuid = "", ...cells] = line.split(",").map((cell) => cell.trim());
  if (!/^\d+$/.test(index) || uuid === "" || cells.length !== FIELDS.length) return undefined;
  const readings = FIELDS.flatMap(({ id, title, unit, scale, role }, i): Reading[] => {
    const cell = cells[i] ?? "";
    if (!/^\d+(\.\d+)?$/.test(cell)) return [];
    const labels = { gpu: uuid, index };
    const quantity = { id: `nvidia-smi/${index}/${id}`, title, unit, source, labels, ...(role && { role }) };
    return [{ quantity, value: Number(cell) * scale }];
  });
  return { uuid, readings };
}

function reasonFor(command: string, source: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ARGUMENTS, { timeout: SLOWEST_START_MS }, (error, stdout) => {
      if (error && codeOf(error) === "ENOENT") resolve("nvidia-smi is not installed on this machine.");
      else if (error) resolve(`nvidia-smi fails: ${(stdout.trim() || error.message).split("\n")[0]?.slice(0, 200)}.`);
      else if (stdout.split("\n").some((line) => (parseGpuLine(line, source)?.readings.length ?? 0) > 0))
        resolve(undefined);
      else resolve("nvidia-smi tells nothing about a GPU.");
    });
  });
}

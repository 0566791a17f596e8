import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Collector, Quantity } from "../collector.ts";
import { readableText } from "../readable-text.ts";

/** Series of processor time in milliseconds since the start, all processes of the tree together. */
export const SERVER_CPU = "procfs/cpu";
/** Series of resident memory, pages that processes share counted for each. */
export const SERVER_RSS = "procfs/rss";

/** Linux tells user space times in hundredths of a second on every architecture that Node runs on. */
const MS_PER_TICK = 10;

interface ProcessSample {
  readonly cpuTicks: number;
  readonly rssBytes: number;
}

/** A process and all its descendants on this machine, from `/proc`. */
export function procfs(pid: number, { root = "/proc" } = {}): Collector {
  const source = join(root, String(pid));
  const cpu: Quantity = {
    id: SERVER_CPU,
    title: "Processor time of the server",
    unit: "ms",
    counter: true,
    source,
    role: "server-cpu",
  };
  const rss: Quantity = {
    id: SERVER_RSS,
    title: "Resident memory of the server",
    unit: "bytes",
    source,
    role: "server-memory",
  };
  return {
    id: "procfs",
    unavailable: async () => {
      if ((await readableText(join(root, "self", "stat"))) === undefined) {
        return `This operating system has no ${root}, from which processor time and memory are read.`;
      }
      const stat = await readableText(join(source, "stat"));
      return stat === undefined ? `There is no process ${pid} on this machine, or it may not be read.` : undefined;
    },
    read: async () => {
      const sample = await sampleTree(root, pid);
      if (sample === undefined) throw new Error(`Process ${pid} has ended.`);
      return [
        { quantity: cpu, value: sample.cpuTicks * MS_PER_TICK },
        { quantity: rss, value: sample.rssBytes },
      ];
    },
  };
}

/** Sums over the tree; undefined when its root has ended. */
async function sampleTree(root: string, pid: number): Promise<ProcessSample | undefined> {
  const own = await sampleProcess(root, pid);
  if (own === undefined) return undefined;
  let { cpuTicks, rssBytes } = own;
  for (const child of await descendantsOf(root, pid)) {
    const sample = await sampleProcess(root, child);
    // It may have ended meanwhile: then its time is in its parent's.
    if (sample === undefined) continue;
    cpuTicks += sample.cpuTicks;
    rssBytes += sample.rssBytes;
  }
  return { cpuTicks, rssBytes };
}

async function sampleProcess(root: string, pid: number): Promise<ProcessSample | undefined> {
  const [stat, status] = await Promise.all([
    readableText(join(root, String(pid), "stat")),
    readableText(join(root, String(pid), "status")),
  ]);
  if (stat === undefined || status === undefined) return undefined;
  // proc_pid_stat(5): utime, stime, and those of waited-for children are fields 14 to 17.
  const cpuTicks = fieldsOf(stat)
    .slice(11, 15)
    .reduce((sum, field) => sum + Number(field), 0);
  // A process that has ended but is not waited for has no memory.
  const rssBytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  return { cpuTicks, rssBytes };
}

async function descendantsOf(root: string, pid: number): Promise<readonly number[]> {
  const childrenOf = new Map<number, number[]>();
  const pids = (await readdir(root)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const each of pids) {
    const stat = await readableText(join(root, String(each), "stat"));
    if (stat === undefined) continue;
    const parent = Number(fieldsOf(stat)[1]);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), each]);
  }
  const found: number[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const children = childrenOf.get(next) ?? [];
    found.push(...children);
    waiting.push(...children);
  }
  return found;
}

/** The fields from the third on, the state; the second, the name, may hold spaces and parentheses. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

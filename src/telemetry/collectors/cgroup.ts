import { join } from "node:path";
import type { Collector, Quantity, Reading } from "../collector.ts";
import { readableText } from "../readable-text.ts";

export const CGROUP_CPU = "cgroup/cpu";
export const CGROUP_MEMORY = "cgroup/memory";

/** A group by its folder, or that of a process. */
export type CgroupOf = { readonly path: string } | { readonly pid: number };

export interface CgroupOptions {
  readonly procRoot?: string;
  readonly cgroupRoot?: string;
}

/** The folders of a group: one in version 2, one for each controller in version 1. */
interface Folders {
  readonly cpu: string;
  readonly memory: string;
}

/** Processor time, memory and throttling of a control group, version 1 or 2: what a container uses. */
export function cgroup(
  of: CgroupOf,
  { procRoot = "/proc", cgroupRoot = "/sys/fs/cgroup" }: CgroupOptions = {},
): Collector {
  let folders: Folders = { cpu: "", memory: "" };
  return {
    id: "cgroup",
    unavailable: async () => {
      const found = "path" in of ? { cpu: of.path, memory: of.path } : await foldersOf(of.pid, procRoot, cgroupRoot);
      if (typeof found === "string") return found;
      folders = found;
      if ((await readGroup(folders)).length > 0) return undefined;
      return `${[...new Set([folders.cpu, folders.memory])].join(" and ")} tell neither processor time nor memory.`;
    },
    read: async () => {
      const readings = await readGroup(folders);
      if (readings.length === 0) throw new Error(`The group ${folders.cpu} is gone.`);
      return readings;
    },
  };
}

/** The folders of a process's group, or in a sentence why they say nothing about it alone. */
async function foldersOf(pid: number, procRoot: string, cgroupRoot: string): Promise<Folders | string> {
  const [theirs, ours] = await Promise.all(
    [String(pid), "self"].map(async (name) => groupsIn(await readableText(join(procRoot, name, "cgroup")))),
  );
  if (!theirs || theirs.size === 0) return `${join(procRoot, String(pid), "cgroup")} cannot be read.`;
  const folderOf = (controller: string) => {
    const path = theirs.get(controller);
    if (path !== undefined && path !== ours?.get(controller)) return join(cgroupRoot, controller, path);
    const unified = theirs.get("");
    return unified !== undefined && unified !== ours?.get("") ? join(cgroupRoot, unified) : undefined;
  };
  const cpu = folderOf("cpuacct");
  const memory = folderOf("memory");
  if (cpu === undefined && memory === undefined)
    return `Process ${pid} is in the same control group as this client, whose work would count as the server's.`;
  return { cpu: cpu ?? "", memory: memory ?? "" };
}

/** Paths by controller, "" for the hierarchy of version 2. */
function groupsIn(text: string | undefined): ReadonlyMap<string, string> | undefined {
  if (text === undefined) return undefined;
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const controller of controllers.split(",")) groups.set(controller, path);
  }
  return groups;
}

async function readGroup({ cpu, memory }: Folders): Promise<readonly Reading[]> {
  const [stat, nanoseconds, current, inUse, memoryStat] = await Promise.all([
    textIn(cpu, "cpu.stat"),
    textIn(cpu, "cpuacct.usage"),
    textIn(memory, "memory.current"),
    textIn(memory, "memory.usage_in_bytes"),
    textIn(memory, "memory.stat"),
  ]);
  const microseconds = keyIn(stat, "usage_usec");
  const cpuMs = microseconds === undefined ? scaled(wholeNumber(nanoseconds), 1e-6) : microseconds / 1000;
  const throttledMs = scaled(keyIn(stat, "throttled_usec"), 1e-3) ?? scaled(keyIn(stat, "throttled_time"), 1e-6);
  const bytes = wholeNumber(current) ?? wholeNumber(inUse);
  // Pages of files that nobody used lately are given back when memory is short.
  const inactive = keyIn(memoryStat, "total_inactive_file") ?? keyIn(memoryStat, "inactive_file");
  const used = bytes === undefined || inactive === undefined ? bytes : Math.max(0, bytes - inactive);
  const quantity = (id: string, title: string, source: string, rest: Partial<Quantity>): Quantity => ({
    id,
    title,
    unit: "ms",
    source,
    ...rest,
  });
  const read = (value: number | undefined, of: Quantity): Reading[] =>
    value === undefined ? [] : [{ quantity: of, value }];
  return [
    ...read(
      cpuMs,
      quantity(CGROUP_CPU, "Processor time of the server's control group", cpu, { counter: true, role: "server-cpu" }),
    ),
    ...read(
      throttledMs,
      quantity("cgroup/throttled", "Time that the control group was throttled", cpu, { counter: true }),
    ),
    ...read(
      used,
      quantity(CGROUP_MEMORY, "Memory of the server's control group", memory, { unit: "bytes", role: "server-memory" }),
    ),
  ];
}

function textIn(folder: string, file: string): Promise<string | undefined> {
  return folder === "" ? Promise.resolve(undefined) : readableText(join(folder, file));
}

function keyIn(text: string | undefined, key: string): number | undefined {
  return wholeNumber(new RegExp(`^${key} (\\d+)$`, "m").exec(text ?? "")?.[1]);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

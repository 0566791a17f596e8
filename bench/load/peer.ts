import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Protocol, Sample, Task } from "./task.ts";

/** What a client says about its run. */
export interface Told {
  /** Answers that it counts as right; absent where it does not say. */
  readonly requests?: number;
  readonly perSecond?: number;
  readonly errors: number;
  /** Nanoseconds by percentile (0 to 100), as far as it tells them. */
  readonly percentiles: ReadonlyMap<number, number>;
  /** Processor time of the measured part alone, in microseconds, for a client that runs in Node: its start is not part of it. */
  readonly cpuUs?: number;
  readonly note?: string;
}

/** A client that can send the load of a task. */
export interface Peer {
  readonly name: string;
  readonly protocols: readonly Protocol[];
  /** Undefined when it is not installed. */
  find(): Installed | undefined;
  /** Program and arguments; undefined when it cannot send such a load. May write files into the folder. */
  command(task: Task, sample: Sample, folder: string): readonly string[] | undefined;
  /** From standard output and standard error, one after the other, and from what it left in the folder. */
  read(output: string, task: Task, folder: string): Told;
}

export interface Installed {
  readonly version: string;
}

/** The file of a program on the PATH. */
export function onPath(program: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The version that a package of this checkout has. */
export function packageVersion(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}

/** The command of a client that is a module of `clients/`. It is compiled, as what is shipped is: a compiler in the process would count as its own. */
export function clientCommand(client: string, task: object): readonly string[] {
  return [process.execPath, compiledClient(client), JSON.stringify(task)];
}

const compiled = new Set<string>();

function compiledClient(client: string): string {
  const outfile = fileURLToPath(new URL(`.clients/${client}.mjs`, import.meta.url));
  if (compiled.has(client)) return outfile;
  buildSync({
    entryPoints: [fileURLToPath(new URL(`clients/${client}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    conditions: ["source"],
  });
  compiled.add(client);
  return outfile;
}

/** What a client of `clients/` prints last, on a line of its own. */
export interface ClientReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly errors: number;
  readonly cpuUs: number;
  readonly percentiles: readonly (readonly [percentile: number, ns: number])[];
  readonly note?: string;
}

export function readClient(output: string): Told {
  const line = output.split("\n").find((each) => each.startsWith('{"requests"'));
  if (line === undefined) throw new Error(`no report in: ${output.slice(-2000)}`);
  const { percentiles, ...rest } = JSON.parse(line) as ClientReport;
  return { ...rest, percentiles: new Map(percentiles) };
}

/** The first group as a number; 0 when the text has no such place. */
export function numberIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9 };

/** Nanoseconds of a text such as `1.5ms`. */
export function durationNs(text: string): number {
  const [, amount, unit = ""] = /^([\d.]+)\s*(\D+)$/.exec(text.trim()) ?? [];
  return Number(amount) * (UNIT_NS[unit] ?? Number.NaN);
}

/** Percentiles from the lines of a text: the pattern's groups are the percentile and its time, told in `unitNs` or with a unit. */
export function percentilesIn(output: string, pattern: RegExp, unitNs?: number): ReadonlyMap<number, number> {
  return new Map(
    [...output.matchAll(pattern)].map(([, percentile, time = ""]) => [
      Number(percentile),
      unitNs === undefined ? durationNs(time) : Number(time) * unitNs,
    ]),
  );
}

/** Each header as arguments. */
export function headerArguments({ headers }: Sample, option: string): readonly string[] {
  return headers.flatMap(([name, value]) => [option, `${name}: ${value}`]);
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Protocol } from "./task.ts";

/** A server of `bench/servers`, in a process of its own. */
export interface CheapServer {
  readonly port: number;
  /** `performance.now()` when its first period began. */
  readonly begunMs: number;
  /** Requests that it has answered. */
  answered(): Promise<number>;
  close(): void;
}

/** Stops for `stallMs` at the end of each `periodMs`. */
export interface Stall {
  readonly stallMs: number;
  readonly periodMs: number;
}

const SOURCES: Readonly<Record<Protocol | "rusage", string>> = {
  http: "http-echo",
  grpc: "grpc-echo",
  rusage: "rusage",
};

/** Compiles one of the C programs into a folder and returns its file. Needs cc. */
export function compile(which: keyof typeof SOURCES, folder: string): string {
  const file = join(folder, SOURCES[which]);
  const source = fileURLToPath(new URL(`../servers/${SOURCES[which]}.c`, import.meta.url));
  execFileSync("cc", ["-O2", "-o", file, source]);
  return file;
}

export async function startServer(protocol: Protocol, folder: string, stall?: Stall): Promise<CheapServer> {
  const args = stall ? [String(stall.stallMs), String(stall.periodMs)] : [];
  const child = spawn(compile(protocol, folder), ["0", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const begunMs = performance.now();
  const port = await nextNumber(lines, child);
  return {
    port,
    begunMs,
    answered: () => {
      const told = nextNumber(lines, child);
      child.kill("SIGUSR1");
      return told;
    },
    close: () => void child.kill(),
  };
}

async function nextNumber(lines: Interface, child: ChildProcess): Promise<number> {
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(child, "exit", { signal }).then(() => Promise.reject(new Error("the server ended")));
  const [line] = (await Promise.race([once(lines, "line", { signal }), ended])) as [string];
  heard.abort();
  return Number(line);
}

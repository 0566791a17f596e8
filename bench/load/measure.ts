import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer, Told } from "./peer.ts";
import type { CheapServer } from "./servers.ts";
import { sampleOf, type Task } from "./task.ts";

/** One run of one client. */
export interface Measured {
  readonly told: Told;
  /** Requests that its processor time was spent on: its own count where it told that time, else the server's. */
  readonly requests: number;
  /** User and system time in microseconds. */
  readonly cpuUs: number;
  /** The greatest resident memory in bytes. */
  readonly rssBytes: number;
  /** Requests that the server answered; absent for a server that does not count. */
  readonly answered?: number;
  readonly command: readonly string[];
}

/** What a run needs besides its task. */
export interface Bench {
  readonly folder: string;
  readonly rusage: string;
  readonly server?: CheapServer;
}

const GRACE_S = 20;

/** Undefined when the client cannot send such a load; throws when it fails. */
export async function measure(peer: Peer, task: Task, bench: Bench): Promise<Measured | undefined> {
  const { folder, rusage, server } = bench;
  const command = peer.command(task, sampleOf(task, folder), folder);
  if (command === undefined) return undefined;
  const usage = join(folder, "usage");
  const before = await server?.answered();
  const output = await run([rusage, usage, ...command], task.seconds + GRACE_S);
  const after = await server?.answered();
  const [user, system, kib] = readFileSync(usage, "utf8").split(" ").map(Number) as [number, number, number];
  const told = peer.read(output, task, folder);
  const answered = before === undefined || after === undefined ? undefined : after - before;
  const requests = (told.cpuUs === undefined ? answered : undefined) ?? told.requests ?? 0;
  if (requests === 0) throw new Error(`it had no answer: ${output.slice(-2000)}`);
  return {
    told,
    requests,
    cpuUs: told.cpuUs ?? user + system,
    rssBytes: kib * 1024,
    ...(answered !== undefined && { answered }),
    command,
  };
}

/** Standard output, then standard error. Throws when the command fails or takes too long. */
export function run(command: readonly string[], mostSeconds: number): Promise<string> {
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    // A process group of its own, so that whatever hangs is ended as a whole.
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    const [out, error]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => error.push(chunk));
    const limit = setTimeout(() => process.kill(-(child.pid as number), "SIGKILL"), mostSeconds * 1000);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      const output = Buffer.concat([...out, ...error]).toString("utf8");
      if (code === 0) resolve(output);
      else reject(new Error(`it ended with ${code}: ${output.slice(-2000)}\n${command.join(" ")}`));
    });
  });
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/** Loopback ports that nothing listens on at the moment, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listenAnywhere() {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** Runs a command to its end with its output shown; throws when it cannot be started or fails. */
export function runToEnd(command: string, args: readonly string[]): void {
  const { status, signal, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? `status ${status}`}`);
}

export interface RunningProcess {
  readonly pid: number;
  /** Rejects when the process ends before it is stopped; never resolves. */
  readonly died: Promise<never>;
  /** SIGTERM, and SIGKILL when it has not ended after the grace period; resolves when it is gone. */
  stop(): Promise<void>;
}

const GRACE_MS = 15_000;

/** Starts a server; its output goes to the file `log`. Throws when the command cannot be started. */
export async function startServer(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly log: string; readonly graceMs?: number },
): Promise<RunningProcess> {
  const log = openSync(options.log, "w");
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    // Ctrl-C reaches the whole group of the terminal; the server has to outlive the reports of an interrupted run.
    detached: true,
  });
  closeSync(log);
  const pid = await started(child);
  let stopping = false;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const died = gone.then(() => {
    if (stopping) return new Promise<never>(() => {});
    const how = child.signalCode ?? `status ${child.exitCode}`;
    throw new Error(`process ${pid} ended by itself with ${how}; its output is in ${options.log}`);
  });
  // Whoever waits races this; between two waits it must not end the program.
  died.catch(() => {});
  const stop = async () => {
    stopping = true;
    await terminate(child, gone, options.graceMs ?? GRACE_MS);
  };
  return { pid, died, stop };
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid as number));
  });
}

async function terminate(child: ChildProcess, gone: Promise<void>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await gone;
  clearTimeout(force);
}

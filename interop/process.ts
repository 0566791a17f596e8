import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/** Ports that nothing listens on at the moment, all different. */
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

/** Runs a command to its end with its output shown; throws when it fails. */
export function runToEnd(command: string, args: readonly string[], options: { readonly cwd?: string } = {}): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with status ${status}`);
}

export interface RunningProcess {
  readonly pid: number;
  /** Rejects when the process ends before it is stopped. */
  readonly died: Promise<never>;
  /** SIGTERM, and SIGKILL when it has not ended after ten seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;

/** Starts a server; its output goes to a file. */
export function startServer(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly log: string },
): RunningProcess {
  const log = openSync(options.log, "w");
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${command} could not be started`);
  let stopping = false;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const died = gone.then(() => {
    if (stopping) return new Promise<never>(() => {});
    throw new Error(`${command} ended by itself; its output is in ${options.log}`);
  });
  // Whoever waits for readiness races this; without a waiter it must not end the program.
  died.catch(() => {});
  const stop = async () => {
    stopping = true;
    await terminate(child, gone);
  };
  return { pid: child.pid, died, stop };
}

async function terminate(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  await gone;
  clearTimeout(force);
}

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RuntimePorts } from "../runtime.ts";
import { clientEnvironment } from "./reference.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** One call of a client library; `problem` is why it did not do what the protocol promises. */
export interface ClientCall {
  readonly call: string;
  readonly problem?: string;
}

export interface ClientResult {
  readonly client: string;
  readonly calls: readonly ClientCall[];
}

interface Script {
  readonly client: string;
  /** Its line in requirements.txt. */
  readonly distribution: string;
  readonly file: string;
  arguments(ports: { readonly rest: number; readonly grpc: number }): readonly string[];
}

const SCRIPTS: readonly Script[] = [
  {
    client: "tritonclient.http",
    distribution: "tritonclient",
    file: "tritonclient_http.py",
    arguments: ({ rest }) => [`127.0.0.1:${rest}`],
  },
  {
    client: "tritonclient.grpc",
    distribution: "tritonclient",
    file: "tritonclient_grpc.py",
    arguments: ({ grpc }) => [`127.0.0.1:${grpc}`],
  },
  {
    client: "kserve",
    distribution: "kserve",
    file: "kserve_client.py",
    arguments: ({ rest, grpc }) => [`http://127.0.0.1:${rest}`, `127.0.0.1:${grpc}`],
  },
];

/** Drives the started reference runtime with every client library, one after the other. */
export async function driveClients(
  { rest, grpc }: RuntimePorts,
  signal: AbortSignal,
): Promise<readonly ClientResult[]> {
  if (rest === undefined || grpc === undefined) throw new Error("the clients need REST and gRPC");
  const results: ClientResult[] = [];
  for (const script of SCRIPTS) {
    const args = [join(here, script.file), ...script.arguments({ rest, grpc })];
    const calls = await callsOf(join(clientEnvironment, "bin", "python"), args, signal);
    results.push({ client: `${script.client} ${pinOf(script.distribution)}`, calls });
  }
  return results;
}

/** The calls that a script tells, one line of JSON each; that it ends badly or tells nothing is a problem of its own. */
export async function callsOf(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly ClientCall[]> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env, signal });
  const ended = new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killed) => resolve(killed ?? `status ${code}`));
  });
  ended.catch(() => {});
  const calls: ClientCall[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("{")) calls.push(JSON.parse(line) as ClientCall);
  }
  const how = await ended;
  if (how !== "status 0") calls.push({ call: "the whole script", problem: `ended with ${how}` });
  if (calls.length === 0) calls.push({ call: "the whole script", problem: "made no call" });
  return calls;
}

function pinOf(distribution: string): string {
  const pins = readFileSync(join(here, "requirements.txt"), "utf8").split("\n");
  return pins.find((pin) => pin.startsWith(`${distribution}==`))?.split("==")[1] ?? "";
}

/** A table of the clients, and each call that failed. */
export function clientTable(results: readonly ClientResult[]): string {
  const failures = results.map(({ calls }) => calls.filter(({ problem }) => problem !== undefined));
  const width = Math.max(...results.map(({ client }) => client.length));
  const rows = results.map(
    ({ client, calls }, row) =>
      `${client.padEnd(width)}  ${String(calls.length).padStart(5)}  ${String(failures[row]?.length).padStart(6)}`,
  );
  const told = results.flatMap(({ client }, row) =>
    (failures[row] ?? []).map(({ call, problem }) => `fail  ${client}  ${call}\n  ${problem}`),
  );
  return [`${"client".padEnd(width)}  calls  failed`, ...rows, ...told, ""].join("\n");
}

/** Whether every call of every client succeeded. */
export function allSucceeded(results: readonly ClientResult[]): boolean {
  return results.every(({ calls }) => calls.every(({ problem }) => problem === undefined));
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const launcher = join(root, "bin/infermark.js");

/** The command line as a shell calls it. */
export const cliCommand = [process.execPath, launcher].map((word) => `'${word}'`).join(" ");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<CliResult>;
  /** Resolves when standard output or error contains the text; rejects when the process ends first. */
  readonly says: (text: string) => Promise<void>;
}

export interface CliOptions {
  /** The working directory; an empty one unless given, so that no infermark.yaml is found. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** An empty folder for what a test writes. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), "infermark-cli-"));
}

/** Starts the command line in a process of its own. */
export function startCli(args: readonly string[], { cwd = scratchFolder(), env = {} }: CliOptions = {}): CliProcess {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: (() => void)[] = [];
  const heard = () => {
    for (const check of waiting) check();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    heard();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    heard();
  });
  const finished = new Promise<CliResult>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      waiting.push(check);
      check();
      void finished.then(() => reject(new Error(`it ended without saying "${text}": ${stdout}${stderr}`)));
    });
  return { child, finished, says };
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).finished;
}

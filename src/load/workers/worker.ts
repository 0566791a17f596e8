import type { ChildProcess } from "node:child_process";
import { InfermarkError, type InfermarkErrorCode } from "../../base/errors.ts";
import { forkModule } from "../../base/fork-module.ts";
import { lengthMsOf, type PhaseTask } from "../phase-task.ts";
import type { LoadProgress } from "../progress.ts";
import type { FromWorker, Share, ToWorker, WorkerResult, WorkerSetting } from "./messages.ts";

/** How much longer than the phase and the last answer a worker may take before it is given up. */
const GRACE_MS = 10_000;
const LONGEST_STDERR = 2_000;

/** One worker process, seen from the parent. */
export interface Worker {
  readonly pid: number | undefined;
  /** How it ended before its time; undefined while it lives. */
  readonly lost: string | undefined;
  /** Rejects when the setting cannot be used; resolves, lost, when the process ends. */
  begin(setting: WorkerSetting, share: Share): Promise<void>;
  /** What it did in each part; undefined when the worker was lost. Rejects with what the check of an answer threw. */
  run(
    task: PhaseTask,
    startsAtNs: number,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<readonly WorkerResult[] | undefined>;
  /** Ends the phase that runs. */
  abort(): void;
  close(): Promise<void>;
}

/** Forks a worker. */
export function forkWorker(): Worker {
  return follow(forkModule(new URL("./worker-process.ts", import.meta.url)));
}

function follow(child: ChildProcess): Worker {
  let lost: string | undefined;
  let closing = false;
  let stderr = "";
  let hear: (message: FromWorker | "lost") => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    const lose = (how: string) => {
      if (lost === undefined && !closing) {
        lost = stderr.trim() === "" ? how : `${how}: ${stderr.trim()}`;
        hear("lost");
      }
      resolve();
    };
    child.once("error", (error) => lose(`it could not be started (${error.message})`));
    // "close" does not come once this side has disconnected.
    child.once("exit", (code, signal) => {
      const how = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`;
      if (child.stderr && !child.stderr.destroyed && !closing) child.stderr.once("close", () => lose(how));
      else lose(how);
    });
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-LONGEST_STDERR);
  });
  child.on("message", (message: FromWorker) => hear(message));

  const tell = (message: ToWorker) => {
    // One that is ending hears nothing; that it ended is heard of.
    if (child.connected) child.send(message, () => undefined);
  };
  /** Resolves with the first answer of a kind; undefined when the process ends before it. */
  const answer = <K extends FromWorker["kind"]>(kind: K, other: (message: FromWorker) => void = () => undefined) =>
    new Promise<Extract<FromWorker, { kind: K }> | undefined>((resolve, reject) => {
      hear = (message) => {
        if (message === "lost") resolve(undefined);
        else if (message.kind === kind) resolve(message as Extract<FromWorker, { kind: K }>);
        else if (message.kind === "thrown") reject(errorOf(message));
        else other(message);
      };
      if (lost !== undefined) hear("lost");
    });

  return {
    pid: child.pid,
    get lost() {
      return lost;
    },
    begin: async (setting, share) => {
      const ready = answer("ready");
      tell({ kind: "begin", setting, share });
      await ready;
    },
    run: async (task, startsAtNs, onProgress) => {
      const done = answer("done", (message) => {
        if (message.kind === "progress") onProgress(message.progress);
      });
      const limit = setTimeout(
        () => {
          stderr = `it did not answer ${GRACE_MS / 1000} s after the phase`;
          child.kill("SIGKILL");
        },
        lengthMsOf(task) + task.requestTimeoutMs + GRACE_MS,
      );
      tell({ kind: "phase", task, startsAtNs });
      try {
        return (await done)?.parts;
      } finally {
        clearTimeout(limit);
      }
    },
    abort: () => tell({ kind: "abort" }),
    close: async () => {
      closing = true;
      if (child.connected) child.disconnect();
      const force = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

function errorOf({ message, code, hint }: Extract<FromWorker, { kind: "thrown" }>): Error {
  if (code === undefined) return new Error(message);
  return new InfermarkError(code as InfermarkErrorCode, message, { ...(hint !== undefined && { hint }) });
}

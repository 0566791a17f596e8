import { forkModule } from "../../base/fork-module.ts";
import { createHistogram, type Histogram, type HistogramSnapshot } from "../../statistics/index.ts";

export type ToServer = { readonly kind: "law"; readonly text: string } | { readonly kind: "truth" };
export type FromServer =
  | { readonly kind: "serving"; readonly rest: string; readonly grpc: string }
  | { readonly kind: "set" }
  | { readonly kind: "truth"; readonly durations: HistogramSnapshot };

/** The reference runtime in another process, with a latency law that can be changed. */
export interface ReferenceProcess {
  readonly rest: string;
  readonly grpc: string;
  readonly pid: number;
  /** From now on inferences take what this law draws, and their true durations are kept anew. */
  setLaw(text: string): Promise<void>;
  /** How long each inference took in the server since the law was set. The caller destroys it. */
  truth(): Promise<Histogram>;
  close(): void;
}

/** Starts it; it ends with this process. */
export async function startReferenceProcess(): Promise<ReferenceProcess> {
  const child = forkModule(new URL("./main.ts", import.meta.url));
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const answer = <K extends FromServer["kind"]>(kind: K) =>
    new Promise<Extract<FromServer, { kind: K }>>((resolve, reject) => {
      const ended = () => reject(new Error(`the reference runtime ended: ${stderr}`));
      const hear = (message: FromServer) => {
        if (message.kind !== kind) return;
        child.off("message", hear).off("exit", ended);
        resolve(message as Extract<FromServer, { kind: K }>);
      };
      child.on("message", hear).once("exit", ended);
    });
  const tell = (message: ToServer) => void child.send(message);
  const { rest, grpc } = await answer("serving");
  return {
    rest,
    grpc,
    pid: child.pid as number,
    setLaw: async (text) => {
      tell({ kind: "law", text });
      await answer("set");
    },
    truth: async () => {
      tell({ kind: "truth" });
      return createHistogram((await answer("truth")).durations);
    },
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}

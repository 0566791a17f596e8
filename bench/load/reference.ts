import { type ReferenceProcess, startReferenceProcess } from "../../src/cli/reference-process/start.ts";
import type { Protocol, Question } from "./task.ts";

/** The reference runtime, which keeps the true duration of each inference; its identity model answers with the tensor that came. */
export interface TrueServer {
  readonly ports: Readonly<Record<Protocol, number>>;
  readonly question: Question;
  readonly process: ReferenceProcess;
}

export async function startTrueServer(): Promise<TrueServer> {
  const process = await startReferenceProcess();
  const portOf = (address: string) => Number(address.split(":").at(-1));
  return {
    ports: { http: portOf(process.rest), grpc: portOf(process.grpc) },
    question: { model: "identity_fp32", tensor: "INPUT0", floats: 4, configured: false },
    process,
  };
}

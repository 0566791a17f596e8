import type { Exchange } from "../../transport/exchange.ts";
import type { Repro } from "../document.gen.ts";
import { curlLine } from "./curl.ts";
import { type DecodeRequest, grpcurlLine } from "./grpcurl.ts";
import type { ReproTarget } from "./repro-target.ts";
import { shellWord } from "./shell.ts";

export interface ReproOptions {
  readonly rest?: ReproTarget;
  readonly grpc?: ReproTarget;
  readonly decodeRequest?: DecodeRequest;
  /** File name of the document, for the lines that replay from it. */
  readonly documentFile: string;
}

/** The bytes of the longest body that a command may carry. */
export interface ReproLimit {
  readonly bodyLimit: number;
}

/** The command that repeats the request of an exchange: curl or grpcurl where they can express it, else a replay of the recording. */
export function reproOf(check: string, { request, surplus }: Exchange, options: ReproOptions & ReproLimit): Repro {
  // A client throws away in silence what comes after the end of an answer.
  if (surplus) return replayOf(check, options);
  if (request.protocol === "http") {
    const curl = options.rest && curlLine(request, options.rest, options.bodyLimit);
    if (curl !== undefined) return { curl };
  } else if (options.grpc && options.decodeRequest) {
    const grpcurl = grpcurlLine(request, options.grpc, options.decodeRequest, options.bodyLimit);
    if (grpcurl !== undefined) return { grpcurl };
  }
  return replayOf(check, options);
}

/** The command that runs a check again, for what no single request shows. */
export function replayOf(check: string, { documentFile }: Pick<ReproOptions, "documentFile">): Repro {
  return { replay: `infermark replay ${shellWord(Buffer.from(documentFile)) ?? "result.json"} ${check}` };
}

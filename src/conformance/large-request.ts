import { type Exchange, grpcOutcome } from "../transport/index.ts";
import type { CheckContext } from "./check.ts";
import { describeAnswer, given } from "./expect.ts";

/** Sizes of large requests. The second is sent where the first is more than the target takes: how much that is, is its own choice. */
export const LARGE_MEGABYTES: readonly number[] = [10, 3];
export const LARGE_PATIENCE_MS = 60_000;

const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

/** Whether a large request was taken: a limit is recorded, any other refusal warns. Undecided where the server had no time for it. */
export function isTaken(context: CheckContext, exchange: Exchange, what: string): boolean {
  const { request, failure } = exchange;
  const isGrpc = request.protocol === "grpc";
  const { code, taken, tooBusy, tooLarge } = isGrpc
    ? { code: grpcCode(exchange), taken: 0, tooBusy: UNAVAILABLE, tooLarge: RESOURCE_EXHAUSTED }
    : { code: exchange.head?.status, taken: 200, tooBusy: 503, tooLarge: 413 };
  given.that(
    failure?.code !== "timeout" && code !== tooBusy,
    `a server with time for the ${isGrpc ? "call" : "request"}`,
    describeAnswer(exchange),
  );
  if (code === taken && !failure) return true;
  if (code === tooLarge) context.record(what, "more than the target takes");
  else context.warn(`${what}: ${describeAnswer(exchange)}`);
  return false;
}

function grpcCode(exchange: Exchange): number | undefined {
  const outcome = grpcOutcome(exchange);
  return outcome.ok ? outcome.code : undefined;
}

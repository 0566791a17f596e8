import type { Exchange, WireRequest } from "../transport/index.ts";
import type { CheckContext } from "./check.ts";
import { expect, given } from "./expect.ts";

/** Callers whose requests are told apart by their rows and their ids, `caller-<number>`. */
export interface Callers {
  readonly count: number;
  request(caller: number): WireRequest;
  /** How the rows of an answer differ from the caller's; undefined when they are its own. Undecided for an answer without rows. */
  difference(caller: number, exchange: Exchange): string | undefined;
  /** The id of an answer, and where it stands. */
  id(exchange: Exchange): unknown;
  readonly idAt: string;
  /** The server had too much to do, which is no fault. */
  isBusy(exchange: Exchange): boolean;
  /** The warning about such an answer. */
  busy(exchange: Exchange): string;
}

/** Asks all callers at once, and holds each answer against what its caller sent. */
export async function askCallersAtOnce(context: CheckContext, callers: Callers): Promise<void> {
  const { count } = callers;
  const alone = await context.send(callers.request(count));
  given.that(callers.difference(count, alone) === undefined, "the rows of a call alone", "others");
  const requests = Array.from({ length: count }, (_, caller) => callers.request(caller));
  const exchanges = await context.sendAtOnce(requests, alone);
  for (const [caller, exchange] of exchanges.entries()) {
    if (callers.isBusy(exchange)) continue;
    context.point(exchange);
    const difference = callers.difference(caller, exchange);
    expect.that(difference === undefined, `the rows of caller ${caller}`, difference ?? "");
    const id = callers.id(exchange);
    if (typeof id === "string" && id.startsWith("caller-")) expect.equal(id, `caller-${caller}`, callers.idAt);
  }
  const busy = exchanges.find((exchange) => callers.isBusy(exchange));
  if (busy) {
    context.point(busy);
    context.warn(callers.busy(busy));
  }
}

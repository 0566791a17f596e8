import { Outcome } from "../../../../src/load/engine.ts";
import { prepareCall } from "../../../../src/load/wire/http2/call.ts";
import { Session } from "../../../../src/load/wire/http2/session.ts";
import type { WireSocket } from "../../../../src/load/wire/socket.ts";
import type { Case } from "./cases.ts";
import { type CallOutcome, hex, type Outcomes } from "./outcome.ts";

const CALL = prepareCall(
  { host: "target", port: 80, prefix: "", headers: [] },
  { protocol: "grpc", method: "POST", path: "/test.Echo/Call", headers: [], body: new Uint8Array(0), inferences: 1 },
);
const SOCKET: WireSocket = { pending: 0, write: () => undefined, writeAll: () => undefined, destroy: () => undefined };
/** Larger than any case, and used again as that of sockets is. */
const CHUNK = Buffer.alloc(256 * 1024);

export interface SubjectRun extends Outcomes {
  /** After how many bytes of `rest` the connection was given up. */
  readonly faultAt: number;
}

/** Lets the wire engine read a case, torn at these places of `rest`. Every failure must have a name. */
export function runSubject({ first, rest, calls }: Case, cuts: readonly number[]): SubjectRun {
  const outcomes: CallOutcome[] = Array.from({ length: calls }, () => "pending" as const);
  let fault: string | undefined;
  let reusable = true;
  const settle = (slot: number, outcome: CallOutcome) => {
    if (outcomes[slot] !== "pending") throw new Error(`call ${slot} ended twice`);
    outcomes[slot] = outcome;
  };
  const session = new Session(SOCKET, {
    answered: (slot, _end, ok, status, body) =>
      settle(slot, ok ? `ok ${hex(body)}` : `grpc ${status} ${hex(Buffer.from(Buffer.from(body).toString()))}`),
    failed: (slot, _end, outcome, text) => {
      if (text === "") throw new Error(`call ${slot} failed without a name`);
      if (outcome === Outcome.httpError) settle(slot, `http ${Number(/\d+/.exec(text)?.[0])}`);
      else settle(slot, outcome === Outcome.reset ? "reset" : "malformed");
    },
    ready: () => undefined,
    writable: () => undefined,
    leaving: () => {
      reusable = false;
    },
    faulty: (_session, problem) => {
      fault = problem;
      reusable = false;
    },
  });
  const feed = (bytes: Buffer) => {
    CHUNK.fill(0xaa, 0, bytes.length + 16);
    bytes.copy(CHUNK);
    session.read(CHUNK, bytes.length, 1);
  };
  session.start();
  feed(first);
  for (let slot = 0; slot < calls; slot++) session.send(slot, CALL, 0);
  let at = 0;
  for (const cut of [...cuts, rest.length]) {
    if (fault !== undefined) break;
    feed(rest.subarray(at, cut));
    at = cut;
  }
  return { calls: outcomes, reusable, fault, faultAt: at };
}

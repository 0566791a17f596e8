import { systemClock } from "../../../src/base/clock.ts";
import type { LoadEndpoint } from "../../../src/load/endpoint.ts";
import { type EncodedRequest, Outcome } from "../../../src/load/engine.ts";
import { GrpcConnection, grpcProtocol } from "../../../src/load/wire/grpc-connection.ts";
import { SharedTails } from "../../../src/load/wire/shared-tails.ts";
import { openSocket } from "../../../src/load/wire/socket.ts";
import { afterwards } from "../loopback.ts";

/** What became of a call, in words: `ok <body>`, `grpc <status> <text>`, or the name of an outcome and its text. */
export type Ending = string;

export interface Calls {
  readonly connection: GrpcConnection;
  /** What the owner heard apart from answers: `writable`, `refused …`, `disturbed …`. */
  readonly events: string[];
  /** Makes a call as soon as it can be made. */
  call(body: Uint8Array | string, options?: Partial<EncodedRequest>): Promise<Ending>;
  /** The same, with the slot to abandon it by. */
  begin(
    body: Uint8Array | string,
    options?: Partial<EncodedRequest>,
  ): { readonly slot: number; readonly ending: Promise<Ending> };
  /** Resolves when calls can be made. */
  free(): Promise<void>;
}

/** Bodies longer than this are named by their length and whether they have one value throughout. */
const LONG = 200;

/** A connection of the wire engine, with promises for its calls. */
export function openCalls(endpoint: LoadEndpoint, { connectMs = 5000, firstId = 1 } = {}): Calls {
  const endings = new Map<number, (ending: Ending) => void>();
  const events: string[] = [];
  let waiting: (() => void)[] = [];
  let slots = 0;
  const tails = new SharedTails();
  const settle = (slot: number, ending: Ending) => {
    const take = endings.get(slot);
    if (!take) throw new Error(`slot ${slot} ended twice: ${ending}`);
    endings.delete(slot);
    take(ending);
    wake();
  };
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const each of woken) each();
  };
  const setting = { endpoint, clock: systemClock, openSocket, connectMs };
  const connection = new GrpcConnection(
    setting,
    {
      answered: (slot, _end, ok, status, body) => settle(slot, ok ? `ok ${say(body)}` : `grpc ${status} ${say(body)}`),
      failed: (slot, _end, outcome, text) => settle(slot, `${nameOf(outcome)}: ${text}`),
      writable: () => {
        events.push("writable");
        wake();
      },
      refused: (_connection, _since, outcome, text) => events.push(`refused ${nameOf(outcome)}: ${text}`),
      disturbed: (outcome, text) => events.push(`disturbed ${nameOf(outcome)}: ${text}`),
    },
    firstId,
  );
  afterwards(() => connection.close());
  const free = async () => {
    while (connection.free === 0) await new Promise<void>((done) => waiting.push(done));
  };
  const begin: Calls["begin"] = (body, options) => {
    const slot = slots++;
    const call = grpcProtocol.prepare(endpoint, { ...requestOf(body), ...options }, tails);
    const ending = new Promise<Ending>((done) => endings.set(slot, done));
    connection.send(slot, call, slot);
    return { slot, ending };
  };
  return {
    connection,
    events,
    free,
    begin,
    call: async (body, options) => {
      await free();
      return begin(body, options).ending;
    },
  };
}

export function requestOf(body: Uint8Array | string): EncodedRequest {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return { protocol: "grpc", method: "POST", path: "/test.Echo/Call", headers: [], body: bytes, inferences: 1 };
}

/** A body in words. */
export function say(body: Uint8Array): string {
  if (body.length <= LONG) return Buffer.from(body).toString();
  return `${body.length} × ${Buffer.alloc(body.length, body[0]).equals(body) ? body[0] : "different"}`;
}

function nameOf(outcome: number): string {
  return Object.entries(Outcome).find(([, code]) => code === outcome)?.[0] ?? String(outcome);
}

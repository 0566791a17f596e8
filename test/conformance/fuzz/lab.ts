import { type Clock, type FuzzResult, openTransport, type Transport } from "#kit";
import { type FuzzOptions, runFuzz } from "#kit/fuzz";
import { createWorld, fixtureModels, type Handler, serveReference } from "../../../src/reference/index.ts";
import { suites } from "../../../suites/index.ts";
import { hurriedClock, referenceInfo } from "../../laws/lab.ts";

/** Waits a little, so that a server that is started again can be. */
export const clock: Clock = { ...hurriedClock, sleep: () => new Promise((resolve) => setTimeout(resolve, 10)) };

const LIMITS = { requestMs: 500, recoveryMs: 5_000, concurrency: 1 };
const ENDPOINT = { host: "127.0.0.1", prefix: "", headers: [], secretHeaders: [] };
const portOf = (address: string | undefined) => Number(address?.split(":").at(-1));

export interface FuzzLabOptions extends Partial<FuzzOptions> {
  readonly suites: readonly string[];
  readonly requests: number;
}

/** Fuzzes suites over real sockets; what the handlers leave alone the references answer. */
export async function fuzzOverSockets(handlers: readonly Handler[], options: FuzzLabOptions): Promise<FuzzResult> {
  const running = await serveReference({
    handlers: [...handlers, ...suites.map(({ reference }) => reference)],
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: 64 * 1024 * 1024,
    restPort: 0,
    grpcPort: 0,
  });
  const transport = openTransport({
    rest: { ...ENDPOINT, port: portOf(running.restUrl) },
    grpc: { ...ENDPOINT, port: portOf(running.grpcAddress) },
    maxResponseBytes: 64 * 1024 * 1024,
  });
  try {
    return await fuzzWith(transport, options);
  } finally {
    await transport.close();
    await running.close();
  }
}

/** Fuzzes suites over a transport. */
export function fuzzWith(transport: Transport, { suites: ids, ...options }: FuzzLabOptions): Promise<FuzzResult> {
  return runFuzz(
    suites.map(({ suite }) => suite).filter(({ id }) => ids.includes(id)),
    { transport, info: referenceInfo(), seed: 1, clock, limits: LIMITS, ...options },
  );
}

import { createSecureContext } from "node:tls";
import { type Clock, systemClock } from "../../base/clock.ts";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { oncePer } from "../../base/once-per.ts";
import type { LoadEndpoint } from "../endpoint.ts";
import type { EncodedRequest, Engine, Phase } from "../engine.ts";
import type { WireConnection, WireOwner, WireProtocol, WireSetting } from "./connection.ts";
import { Driver } from "./driver.ts";
import { wireProtocol } from "./protocols.ts";
import { SharedTails } from "./shared-tails.ts";
import { type OpenSocket, openSocket } from "./socket.ts";
import { systemTiming, type Timing } from "./timing.ts";

const LONGEST_CONNECT_MS = 30_000;
/**
 * Resolution of its time stamps: the clock is read just before a write and at the begin of the callback that hands over what was read,
 * some hundred nanoseconds from the system calls.
 */
const RESOLUTION_NS = 1_000;

export interface WireOptions {
  /** Connections for protocols that carry several requests at once on each; as many as are needed for 100 requests on each unless given. */
  readonly connections?: number;
  /** The number of the first sending, which its id ends with; 0 unless given. */
  readonly firstSerial?: number;
  readonly openSocket?: OpenSocket;
  readonly timing?: Timing;
}

/** Sends HTTP/1.1 and gRPC over sockets of its own, in closed and open loops. Throws USAGE for certificates that cannot be used. */
export function wireEngine(endpoint: LoadEndpoint, clock: Clock = systemClock, options: WireOptions = {}): Engine {
  checkCertificates(endpoint);
  const timing = options.timing ?? systemTiming(clock);
  const setting = { endpoint, clock, openSocket: options.openSocket ?? openSocket, connectMs: LONGEST_CONNECT_MS };
  const pools = new Map<EncodedRequest["protocol"], Pool>();
  const poolFor = (protocol: EncodedRequest["protocol"]) => {
    const pool = pools.get(protocol) ?? createPool(wireProtocol(protocol), setting);
    pools.set(protocol, pool);
    return pool;
  };
  let running: Driver<unknown> | undefined;
  let serial = options.firstSerial ?? 0;
  const nextSerial = () => serial++;
  return {
    id: "wire",
    openLoop: true,
    resolutionNs: RESOLUTION_NS,
    run: async (phase) => {
      const [first] = phase.requests;
      if (!first) throw new InfermarkError("USAGE", "there is no request to send");
      setting.connectMs = Math.min(LONGEST_CONNECT_MS, phase.requestTimeoutMs);
      const pool = poolFor(first.protocol);
      const connections = pool.connections(connectionsFor(phase, pool.protocol, options));
      const tails = new SharedTails();
      const prepared = phase.requests.map(oncePer((request) => pool.prepare(request, tails)));
      const driver = new Driver(phase, { clock, timing, connections, prepared, nextSerial });
      pool.owner = driver;
      running = driver;
      try {
        return await driver.run();
      } finally {
        pool.owner = undefined;
        running = undefined;
      }
    },
    soFar: () => running?.soFar() ?? { reconnects: 0, awakeMs: 0 },
    close: () => {
      for (const pool of pools.values()) pool.close();
      pools.clear();
      return Promise.resolve();
    },
  };
}

function connectionsFor(
  { concurrency }: Phase,
  { requestsPerConnection }: WireProtocol<unknown>,
  { connections }: WireOptions,
): number {
  const needed = Math.ceil(concurrency / requestsPerConnection);
  return requestsPerConnection === 1 ? needed : Math.min(concurrency, connections ?? needed);
}

/** The connections of one protocol, which stay open from phase to phase. */
interface Pool {
  readonly protocol: WireProtocol<unknown>;
  /** Hears of the connections; nobody does between phases. */
  owner: WireOwner<unknown> | undefined;
  /** The first `count` connections, opened where there are fewer. */
  connections(count: number): readonly WireConnection<unknown>[];
  /** What the protocol makes of a request, which is made once. */
  prepare(request: EncodedRequest, tails: SharedTails): unknown;
  close(): void;
}

function createPool(protocol: WireProtocol<unknown>, setting: WireSetting): Pool {
  const open: WireConnection<unknown>[] = [];
  const prepared = new WeakMap<EncodedRequest, unknown>();
  const pool: Pool = {
    protocol,
    owner: undefined,
    connections: (count) => {
      while (open.length < count) open.push(protocol.open(setting, forOwner));
      return open.slice(0, count);
    },
    prepare: (request, tails) => {
      const known = prepared.get(request) ?? protocol.prepare(setting.endpoint, request, tails);
      prepared.set(request, known);
      return known;
    },
    close: () => {
      for (const connection of open.splice(0)) connection.close();
    },
  };
  const forOwner: WireOwner<unknown> = {
    answered: (slot, endNs, ok, status, body) => pool.owner?.answered(slot, endNs, ok, status, body),
    failed: (slot, endNs, outcome, message) => pool.owner?.failed(slot, endNs, outcome, message),
    writable: (connection) => pool.owner?.writable(connection),
    refused: (connection, sinceNs, outcome, message) => pool.owner?.refused(connection, sinceNs, outcome, message),
    disturbed: (outcome, message) => pool.owner?.disturbed(outcome, message),
  };
  return pool;
}

function checkCertificates({ tls }: LoadEndpoint): void {
  if (!tls) return;
  const { ca, cert, key } = tls;
  try {
    createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  } catch (thrown) {
    throw new InfermarkError("USAGE", `the certificates cannot be used: ${messageOf(thrown)}`, {
      hint: "give PEM files: a certificate authority, and a certificate with its key",
      cause: thrown,
    });
  }
}

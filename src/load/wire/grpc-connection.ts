import { NS_PER_MS } from "../../base/clock.ts";
import { Outcome, type OutcomeCode } from "../engine.ts";
import { socketOutcome } from "../engines/socket-outcome.ts";
import type { WireConnection, WireOwner, WireProtocol, WireSetting } from "./connection.ts";
import { type GrpcCall, prepareCall } from "./http2/call.ts";
import { Session, type SessionOwner } from "./http2/session.ts";
import type { SocketEvents, WireSocket } from "./socket.ts";

/** gRPC over hand-framed HTTP/2: many calls at once on one connection. */
export const grpcProtocol: WireProtocol<GrpcCall> = {
  requestsPerConnection: 100,
  prepare: prepareCall,
  open: (setting, owner) => new GrpcConnection(setting, owner),
};

/** A server that does not answer is tried again after this time, not as fast as the machine can. */
const PAUSE_MS = 10;

/** One attempt to connect, and what became of it. */
interface Link {
  readonly socket: WireSocket;
  readonly session: Session;
  readonly sinceNs: number;
  /** Runs until the peer's settings have come. */
  timer?: NodeJS.Timeout;
}

/** Keeps one connection to the endpoint. When the server says that it leaves, another takes new calls, while those in flight end on the old one. */
export class GrpcConnection implements WireConnection<GrpcCall>, SessionOwner {
  reconnects = 0;
  private readonly setting: WireSetting;
  private readonly owner: WireOwner<GrpcCall>;
  private readonly firstId: number;
  private current: Link | undefined;
  private readonly departing = new Set<Link>();
  /** By slot: calls that the server does not take. */
  private readonly refused = new Map<number, NodeJS.Immediate>();
  private pause: NodeJS.Timeout | undefined;
  private closed = false;

  /** `firstId` is the id of the first stream on each connection. */
  constructor(setting: WireSetting, owner: WireOwner<GrpcCall>, firstId = 1) {
    this.setting = setting;
    this.owner = owner;
    this.firstId = firstId;
    this.connect();
  }

  get free(): number {
    return this.current === undefined ? 0 : this.current.session.free;
  }

  /** Messages in answers of status OK on the connections that stand. */
  get messages(): number {
    return this.links().reduce((sum, { session }) => sum + session.messages, 0);
  }

  send(slot: number, call: GrpcCall, serial: number): void {
    const { session } = this.current as Link;
    if (call.listBytes <= session.maxListBytes) session.send(slot, call, serial);
    else
      this.refused.set(
        slot,
        setImmediate(() => this.refuseCall(slot, call, session.maxListBytes)),
      );
  }

  abandon(slot: number): void {
    clearImmediate(this.refused.get(slot));
    this.refused.delete(slot);
    if (this.links().some(({ session }) => session.abandon(slot))) this.sweep();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.pause);
    for (const each of this.refused.values()) clearImmediate(each);
    for (const link of this.links()) drop(link);
    this.departing.clear();
    this.current = undefined;
  }

  answered(slot: number, endNs: number, ok: boolean, status: number, body: Uint8Array): void {
    this.owner.answered(slot, endNs, ok, status, body);
    if (this.departing.size > 0) this.sweep();
  }

  failed(slot: number, endNs: number, outcome: OutcomeCode, message: string): void {
    this.owner.failed(slot, endNs, outcome, message);
    if (this.departing.size > 0) this.sweep();
  }

  ready(): void {
    clearTimeout(this.current?.timer);
    this.owner.writable(this);
  }

  writable(session: Session): void {
    if (session === this.current?.session) this.owner.writable(this);
  }

  leaving(session: Session): void {
    const link = this.current;
    if (session !== link?.session) return;
    this.departing.add(link);
    this.reconnect(link);
    this.sweep();
  }

  faulty(session: Session, problem: string, failed: number): void {
    const link = this.links().find((each) => each.session === session);
    if (link === undefined) return;
    if (!session.ready) this.refuse(link, Outcome.malformed, problem);
    else {
      if (failed === 0) this.owner.disturbed(Outcome.malformed, problem);
      this.lost(link);
    }
  }

  private links(): Link[] {
    return this.current === undefined ? [...this.departing] : [this.current, ...this.departing];
  }

  private connect(): void {
    const { endpoint, clock, openSocket, connectMs } = this.setting;
    const socket = openSocket(
      endpoint,
      { alpn: "h2", connectMs },
      this.eventsOf(() => link),
    );
    const link: Link = { socket, session: new Session(socket, this, this.firstId), sinceNs: clock.now() };
    this.current = link;
  }

  private eventsOf(link: () => Link): SocketEvents {
    const { clock, endpoint } = this.setting;
    return {
      opened: (alpn) => {
        if (endpoint.tls && alpn !== "h2") this.refuse(link(), Outcome.refused, "the server did not choose h2 by ALPN");
        else this.begin(link());
      },
      read: (bytes, length) => link().session.read(bytes, length, clock.now()),
      drained: () => link().session.drained(),
      ended: (error) => {
        const { session } = link();
        const message = error?.message ?? "the server ended the connection";
        if (!session.ready) {
          const outcome = socketOutcome(error);
          this.refuse(link(), outcome === Outcome.reset ? Outcome.refused : outcome, message);
          return;
        }
        session.lose(Outcome.reset, message, clock.now());
        this.lost(link());
      },
    };
  }

  /** Awaits the peer's settings for as long as is left to connect. */
  private begin(link: Link): void {
    const { clock, connectMs } = this.setting;
    const left = connectMs - (clock.now() - link.sinceNs) / NS_PER_MS;
    link.timer = setTimeout(() => {
      this.refuse(link, Outcome.timeout, `no HTTP/2 settings within ${connectMs} ms`);
    }, left);
    link.session.start();
  }

  private refuseCall(slot: number, { listBytes }: GrpcCall, most: number): void {
    this.refused.delete(slot);
    const message = `the server takes headers of at most ${most} bytes, and these have ${listBytes}`;
    this.owner.failed(slot, this.setting.clock.now(), Outcome.refused, message);
  }

  /** No connection came of it. */
  private refuse(link: Link, outcome: OutcomeCode, message: string): void {
    drop(link);
    this.current = undefined;
    this.connectAfterPause();
    this.owner.refused(this, link.sinceNs, outcome, message);
  }

  /** A connection that stood is gone. */
  private lost(link: Link): void {
    drop(link);
    if (link === this.current) this.reconnect(link);
    else this.departing.delete(link);
  }

  private reconnect({ session }: Link): void {
    this.current = undefined;
    this.reconnects++;
    if (session.answering) this.connect();
    else this.connectAfterPause();
  }

  private connectAfterPause(): void {
    if (!this.closed) this.pause = setTimeout(() => this.connect(), PAUSE_MS);
  }

  /** Ends departing connections on which nothing is in flight. */
  private sweep(): void {
    for (const link of this.departing) {
      if (link.session.open > 0) continue;
      this.departing.delete(link);
      drop(link);
    }
  }
}

function drop({ socket, session, timer }: Link): void {
  clearTimeout(timer);
  session.close();
  socket.destroy();
}

import { messageOf } from "../../base/errors.ts";
import { Outcome, type OutcomeCode } from "../engine.ts";
import { socketOutcome } from "../engines/socket-outcome.ts";
import type { WireConnection, WireOwner, WireSetting } from "./connection.ts";
import type { Http1Request } from "./http1-request.ts";
import { Http1Scanner } from "./http1-scanner.ts";
import { writeSerial } from "./serial.ts";
import type { SocketEvents, WireSocket } from "./socket.ts";
import { createViews } from "./views.ts";

const PAUSE_MS = 10;
const HTTP_OK = 200;
const NONE = -1;
const TOO_EARLY = "the connection ended before the answer was complete";

/** All connections read into one buffer, so they share the views of its parts. */
const views = createViews();

/** One HTTP/1.1 connection, opened anew whenever it ends. */
export class Http1Connection implements WireConnection<Http1Request>, SocketEvents {
  free = 0;

  readonly #setting: WireSetting;
  readonly #owner: WireOwner<Http1Request>;
  readonly #scanner = new Http1Scanner(views);
  #socket: WireSocket;
  #slot = NONE;
  #stands = false;
  /** Something has been read from this socket. */
  #heard = false;
  #since = 0;
  #opened = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(setting: WireSetting, owner: WireOwner<Http1Request>) {
    this.#setting = setting;
    this.#owner = owner;
    this.#socket = this.#connect();
  }

  get reconnects(): number {
    return Math.max(0, this.#opened - 1);
  }

  send(slot: number, request: Http1Request, serial: number): void {
    const { bytes, rest, idEnd } = request;
    this.#slot = slot;
    this.free = 0;
    if (idEnd >= 0) writeSerial(bytes, idEnd, serial);
    if (rest === undefined) this.#socket.write(bytes);
    else this.#socket.writeAll([bytes, rest]);
    // What the socket still holds must not be written into when the next one is sent.
    if (idEnd >= 0 && this.#socket.pending > 0) request.bytes = Buffer.from(bytes);
  }

  abandon(slot: number): void {
    if (slot !== this.#slot) return;
    this.#slot = NONE;
    this.#drop();
    this.#again();
  }

  close(): void {
    this.#slot = NONE;
    clearTimeout(this.#retry);
    this.#drop();
  }

  opened(): void {
    this.#stands = true;
    this.#opened++;
    this.free = 1;
    this.#owner.writable(this);
  }

  read(bytes: Buffer, length: number): void {
    const endNs = this.#setting.clock.now();
    this.#heard = true;
    if (this.#slot === NONE) {
      this.#disturbed("bytes that nothing had asked for");
      return;
    }
    const scanner = this.#scanner;
    const at = scanner.read(bytes, 0, length);
    if (scanner.done) this.#answered(endNs, at < length);
    else if (scanner.problem !== undefined) this.#broken(endNs, Outcome.malformed, scanner.problem);
  }

  ended(error: Error | undefined): void {
    const endNs = this.#setting.clock.now();
    if (!this.#stands) {
      this.#drop();
      this.#againLater();
      const outcome = socketOutcome(error) === Outcome.timeout ? Outcome.timeout : Outcome.refused;
      this.#owner.refused(
        this,
        this.#since,
        outcome,
        error ? messageOf(error) : "the peer ended the connection at once",
      );
      return;
    }
    if (this.#slot === NONE) {
      this.#drop();
      this.#again();
      return;
    }
    if (!error) this.#scanner.finish();
    if (this.#scanner.done) this.#answered(endNs, false);
    else this.#broken(endNs, Outcome.reset, error ? messageOf(error) : TOO_EARLY);
  }

  #answered(endNs: number, surplus: boolean): void {
    const scanner = this.#scanner;
    const slot = this.#slot;
    const { status, body } = scanner;
    this.#slot = NONE;
    // A server that answers before it has read all cannot be told where the next request begins.
    if (surplus || !scanner.reusable || this.#socket.pending > 0) {
      this.#drop();
      this.#again();
    } else this.free = 1;
    this.#owner.answered(slot, endNs, status === HTTP_OK, status, body);
    scanner.begin();
    if (surplus) this.#owner.disturbed(Outcome.malformed, "bytes after the answer");
  }

  #broken(endNs: number, outcome: OutcomeCode, message: string): void {
    const slot = this.#slot;
    this.#slot = NONE;
    this.#drop();
    this.#again();
    this.#owner.failed(slot, endNs, outcome, message);
  }

  #disturbed(message: string): void {
    this.#drop();
    this.#again();
    this.#owner.disturbed(Outcome.malformed, message);
  }

  #drop(): void {
    this.free = 0;
    this.#stands = false;
    this.#socket.destroy();
  }

  /** Connects anew: at once, unless the peer has not said a word on this connection. */
  #again(): void {
    if (this.#heard) this.#socket = this.#connect();
    else this.#againLater();
  }

  #againLater(): void {
    this.#retry = setTimeout(() => {
      this.#socket = this.#connect();
    }, PAUSE_MS);
  }

  #connect(): WireSocket {
    const { endpoint, clock, connectMs, openSocket } = this.#setting;
    this.#heard = false;
    this.#since = clock.now();
    this.#scanner.begin();
    return openSocket(endpoint, { alpn: "http/1.1", connectMs }, this);
  }
}

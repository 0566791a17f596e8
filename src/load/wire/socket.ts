import { connect, isIP, type Socket } from "node:net";
import { checkServerIdentity, type TLSSocket, connect as tlsConnect } from "node:tls";
import { certificateName, connectHost, type LoadEndpoint } from "../endpoint.ts";
import { DirectWriter, type SocketWriter, StreamWriter } from "./socket-writer.ts";

/** All plain sockets of a process read into one buffer: what was read is used up before the next read. */
const READ_BUFFER_BYTES = 256 * 1024;

/** A socket that is being opened or stands. To be written to once it stands; as long as anything is pending, what was written must not be changed. */
export interface WireSocket extends SocketWriter {
  /** Ends it at once; no event follows. */
  destroy(): void;
}

/** Never called from within a call to the socket. */
export interface SocketEvents {
  /** It stands; with the protocol that ALPN chose, if any. */
  opened(alpn: string | undefined): void;
  /** `length` bytes from the begin of `bytes` were read; lent for the length of the call. */
  read(bytes: Buffer, length: number): void;
  /** All that had been handed over was taken, after the operating system had not taken it at once. */
  drained?(): void;
  /** It never stood or stands no more: with an error, or because the peer ended it. The last event. */
  ended(error: Error | undefined): void;
}

export interface SocketOptions {
  /** The protocol to ask for by ALPN. */
  readonly alpn: string;
  readonly connectMs: number;
}

export type OpenSocket = (endpoint: LoadEndpoint, options: SocketOptions, events: SocketEvents) => WireSocket;

/** Opens a TCP or TLS connection. What goes wrong is an event; only certificates that cannot be used are thrown. */
export const openSocket: OpenSocket = (endpoint, options, events) => {
  const socket = endpoint.tls ? openTls(endpoint, options, events) : openPlain(endpoint, events);
  socket.setNoDelay(true);
  const drained = () => events.drained?.();
  const writer = endpoint.tls ? new StreamWriter(socket) : new DirectWriter(socket, drained);
  if (events.drained) socket.on("drain", drained);
  let error: Error | undefined;
  const end = () => {
    clearTimeout(timer);
    socket.removeAllListeners();
    // An error that comes after all must not end the process.
    socket.on("error", () => undefined);
    socket.destroy();
  };
  const timer = setTimeout(() => {
    end();
    const message = `no connection within ${options.connectMs} ms`;
    events.ended(Object.assign(new Error(message), { code: "ETIMEDOUT" }));
  }, options.connectMs);
  socket.once(endpoint.tls ? "secureConnect" : "connect", () => {
    clearTimeout(timer);
    const { alpnProtocol } = socket as Partial<TLSSocket>;
    events.opened(typeof alpnProtocol === "string" ? alpnProtocol : undefined);
  });
  socket.on("error", (thrown: Error) => {
    error = thrown;
  });
  const ended = () => {
    end();
    events.ended(error);
  };
  socket.once("end", ended);
  socket.once("close", ended);
  return Object.assign(writer, { destroy: end });
};

let readBuffer: Buffer | undefined;

/** Reads into the buffer that all share, which spares the stream's own buffers and events. */
function openPlain(endpoint: LoadEndpoint, events: SocketEvents): Socket {
  readBuffer ??= Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  return connect({
    host: connectHost(endpoint),
    port: endpoint.port,
    onread: {
      buffer: readBuffer,
      callback: (length, bytes) => {
        events.read(bytes as Buffer, length);
        return true;
      },
    },
  });
}

function openTls(endpoint: LoadEndpoint, { alpn }: SocketOptions, events: SocketEvents): TLSSocket {
  const { ca, cert, key, insecure } = endpoint.tls ?? {};
  const name = certificateName(endpoint);
  const socket = tlsConnect({
    host: connectHost(endpoint),
    port: endpoint.port,
    ALPNProtocols: [alpn],
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    // TLS has no SNI for addresses.
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: insecure !== true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  });
  return socket.on("data", (bytes: Buffer) => events.read(bytes, bytes.length));
}

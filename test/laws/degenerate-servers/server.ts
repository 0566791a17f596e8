import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** A server that keeps no contract, listening on a free port of this machine. */
export interface DegenerateServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one kind of degenerate server. */
export type Degenerate = () => Promise<DegenerateServer>;

/** Bytes on a connection: what it does with each, from the moment it is accepted. */
export function tcp(talk: (socket: Socket) => void): Degenerate {
  return () => listening(createServer({ allowHalfOpen: true }, talk));
}

/** What it does each time something arrives that begins a request. */
export function onEachRequest(react: (socket: Socket, received: Buffer) => void): Degenerate {
  return tcp((socket) => socket.on("data", (received: Buffer) => react(socket, received)));
}

/** Listens; closing it ends every connection, in whatever state. */
export function listening(server: Server): Promise<DegenerateServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // The client gives up on such a server, and there is nobody to tell.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      }),
    );
  });
}

/** Writes pieces for as long as the client reads, without filling this process's memory. */
export function writeForEver(stream: NodeJS.WritableStream & { readonly destroyed: boolean }, piece: Buffer): void {
  const more = () => {
    while (!stream.destroyed && stream.write(piece));
  };
  stream.on("drain", more);
  more();
}

/** Writes one byte every few milliseconds until the connection is gone. */
export function drip(stream: NodeJS.WritableStream & { readonly destroyed: boolean }, byte: string): void {
  const timer = setInterval(() => {
    if (stream.destroyed) clearInterval(timer);
    else stream.write(byte);
  }, 5);
  stream.on("close", () => clearInterval(timer));
}

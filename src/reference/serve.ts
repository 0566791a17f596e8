import type { Server } from "node:http";
import type { Http2Server, Http2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { InfermarkError, messageOf } from "../base/errors.ts";
import { grpcHost } from "./grpc-host.ts";
import { type HostOptions, httpHost } from "./http-host.ts";

export interface ServeOptions extends HostOptions {
  /** The address to listen on; 127.0.0.1 unless asked otherwise. */
  readonly host?: string;
  /** 0 takes any free port; undefined leaves the protocol out. */
  readonly restPort?: number;
  readonly grpcPort?: number;
}

export interface RunningReference {
  /** `http://127.0.0.1:8080` */
  readonly restUrl?: string;
  /** `127.0.0.1:8081` */
  readonly grpcAddress?: string;
  /** Stops accepting, gives what is in flight a second, then closes every connection. */
  close(): Promise<void>;
}

const GRACE_MS = 1_000;

/** Starts the reference runtime; throws USAGE when a port is taken. */
export async function serveReference(options: ServeOptions): Promise<RunningReference> {
  const host = options.host ?? "127.0.0.1";
  const stops: (() => Promise<void>)[] = [];
  const start = async (server: Server | Http2Server, port: number | undefined) => {
    if (port === undefined) return undefined;
    const stop = tracked(server);
    const actual = await listen(server, port, host);
    stops.push(stop);
    return `${host.includes(":") ? `[${host}]` : host}:${actual}`;
  };
  const close = async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
  try {
    const rest = await start(httpHost(options), options.restPort);
    const grpc = await start(grpcHost(options), options.grpcPort);
    return { ...(rest && { restUrl: `http://${rest}` }), ...(grpc && { grpcAddress: grpc }), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function listen(server: Server | Http2Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new InfermarkError("USAGE", `cannot listen on ${host}:${port}: ${messageOf(error)}`, {
          hint: "choose another port, or 0 for any free one",
        }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function tracked(server: Server | Http2Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("session", (session: Http2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return () =>
    new Promise((resolve) => {
      const force = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, GRACE_MS);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      for (const session of sessions) session.close();
      if ("closeIdleConnections" in server) server.closeIdleConnections();
    });
}

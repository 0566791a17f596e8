import { readFileSync } from "node:fs";
import { createServer as createHttp, type RequestListener } from "node:http";
import {
  createServer as createHttp2,
  createSecureServer as createHttp2Tls,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import type { TlsOptions as ServerTls } from "node:tls";
import { afterEach } from "vitest";
import type { Endpoint } from "../../src/transport/endpoint.ts";
import type { Transport } from "../../src/transport/exchange.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Closes it after the test. */
export function closing<T extends Pick<Transport, "close">>(transport: T): T {
  cleanups.push(() => transport.close());
  return transport;
}

/** Listens on a free port until the test ends; the endpoint that reaches it. */
export function listen(server: Server, host = "127.0.0.1"): Promise<Endpoint & { readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => {
      cleanups.push(
        () =>
          new Promise<void>((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      );
      resolve({
        host,
        port: (server.address() as AddressInfo).port,
        prefix: "",
        headers: [],
        secretHeaders: [],
        sockets,
      });
    });
  });
}

export const httpServer = (answer: RequestListener, host?: string) => listen(createHttp(answer), host);
export const httpsServer = (answer: RequestListener, options: ServerTls = {}) =>
  listen(createHttps({ ...serverPems, ...options }, answer));
export const tcpServer = (talk: (socket: Socket) => void) => listen(createTcp(talk));

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: Http2Session) => void;

function answering(server: ReturnType<typeof createHttp2> | ReturnType<typeof createHttp2Tls>, answer: Answer) {
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => stream.destroy());
    answer(stream, headers, stream.session as Http2Session);
  });
  server.on("sessionError", (_error: Error, session: Http2Session) => session.destroy());
  return server;
}

export const http2Server = (answer: Answer, host?: string) => listen(answering(createHttp2(), answer), host);
export const http2TlsServer = (answer: Answer, options: ServerTls = {}) =>
  listen(answering(createHttp2Tls({ ...serverPems, ...options }), answer));

/** Answers every connection with these bytes once something has arrived, then ends it unless told to keep it open. */
export function rawServer(answer: string | readonly string[], ending: "end" | "open" | "reset" = "end") {
  return tcpServer((socket) => {
    socket.once("data", () => {
      const pieces = typeof answer === "string" ? [answer] : answer;
      pieces.forEach((piece, i) => {
        setTimeout(() => {
          socket.write(piece, "latin1", () => {
            if (i < pieces.length - 1) return;
            if (ending === "end") socket.end();
            if (ending === "reset") setTimeout(() => socket.resetAndDestroy(), 30);
          });
        }, i * 15);
      });
    });
  });
}

/** Connections as bytes: everything the client sent until it closed. */
export async function capturing(answer: string): Promise<{ endpoint: Endpoint; received: () => string }> {
  let received = "";
  const endpoint = await tcpServer((socket) => {
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      socket.write(answer);
    });
  });
  return { endpoint, received: () => received };
}

const pem = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), "utf8");

export const ca = pem("ca");
export const otherCa = pem("other-ca");
export const clientPems = { cert: pem("client"), key: pem("client.key") };
export const serverPems = { cert: pem("server"), key: pem("server.key") };

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

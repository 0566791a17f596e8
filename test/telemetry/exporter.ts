import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach } from "vitest";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Runs after the test. */
export function afterwards(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

export interface Exporter {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** Requests that were under way at once, at most. */
  mostAtOnce: number;
  /** Ends it, and all its connections. */
  close(): Promise<void>;
}

/** An HTTP server on a free port of the loopback interface, until the test ends. `law` answers the nth request, counted from 0. */
export async function exporter(law: (n: number, response: ServerResponse, path: string) => void): Promise<Exporter> {
  const sockets = new Set<Socket>();
  let atOnce = 0;
  const state = { asked: [] as string[], mostAtOnce: 0 };
  const server = createServer((request, response) => {
    state.mostAtOnce = Math.max(state.mostAtOnce, ++atOnce);
    response.on("close", () => atOnce--);
    const n = state.asked.push(request.url ?? "") - 1;
    law(n, response, request.url ?? "");
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  afterwards(close);
  return Object.assign(state, { url, close });
}

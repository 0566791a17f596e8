import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { Server as GrpcServer, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { afterEach } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { createRecorder, type PhaseRecorder } from "../../src/load/recorder.ts";
import type { AnswerCheck, EncodedRequest, LoadEndpoint, ModelInfo, Phase, Workload } from "./types.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Runs after the test. */
export function afterwards(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

export interface Loopback {
  readonly endpoint: LoadEndpoint;
  /** Requests that the server has received in full. */
  received: number;
  readonly ids: string[];
}

/** What the server does with its nth request, counted from 0. */
export type Law = (n: number, request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Listens on a free port of the loopback interface until the test ends. */
export async function listen(server: Server): Promise<LoadEndpoint> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, prefix: "", headers: [] };
}

/** An HTTP server with a law. */
export async function httpServer(law: Law): Promise<Loopback> {
  const state = { received: 0, ids: [] as string[] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      state.ids.push(body.toString());
      law(state.received++, request, response, body);
    });
  });
  return Object.assign(state, { endpoint: await listen(server) });
}

/** Answers with the request's body, which is right by `echoes`. */
export const echo: Law = (_n, _request, response, body) => void response.end(body);

type GrpcLaw = (n: number, call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => void;

/** A gRPC server with a law for its one method, /test.Echo/Call. */
export async function grpcServer(
  law: GrpcLaw,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Loopback> {
  const state = { received: 0, ids: [] as string[] };
  const server = new GrpcServer();
  const asIs = (bytes: Buffer) => bytes;
  server.addService(
    {
      call: {
        path: "/test.Echo/Call",
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    {
      call: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
        state.ids.push(call.request.toString());
        law(state.received++, call, reply);
      },
    },
  );
  const credentials = tls
    ? ServerCredentials.createSsl(null, [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }])
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  afterwards(() => server.forceShutdown());
  return Object.assign(state, { endpoint: { host: "127.0.0.1", port, prefix: "", headers: [] } });
}

/** Requests that carry their own number. */
export function encode(protocol: "http" | "grpc", count = 7, inferences = 1): EncodedRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    protocol,
    method: "POST" as const,
    path: protocol === "http" ? "/infer" : "/test.Echo/Call",
    headers: protocol === "http" ? [["content-type", "application/octet-stream"] as const] : [],
    body: new TextEncoder().encode(`request-${i}`),
    inferences,
    id: `request-${i}`,
  }));
}

/** An answer is right when it is the request's body: `cheap` looks at the length, `full` at the bytes. */
export const echoes: AnswerCheck = {
  cheap: (request, { body }) => body.length === request.body.length,
  full: (request, { body }) =>
    Buffer.compare(request.body, body) === 0
      ? undefined
      : `${Buffer.from(body).toString("latin1").slice(0, 40)} is no answer to ${request.id}`,
};

export const echoWorkload: Workload = {
  ...echoes,
  protocol: "http",
  encoding: "json",
  encode: ({ batch, count }) => encode("http", count, batch),
};

export const someModel: ModelInfo = {
  name: "echo",
  versions: [],
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [],
  fixture: false,
  foundBy: [],
};

/** A phase of `lengthMs` from now on, and what it records. */
export function phaseOf(
  lengthMs: number,
  protocol: "http" | "grpc",
  options: Partial<Omit<Phase, "recorder" | "deadline">> = {},
): Phase & { readonly recorder: PhaseRecorder } {
  const start = systemClock.now();
  const recorder = createRecorder(start, lengthMs * 1e6);
  return {
    requests: encode(protocol),
    concurrency: 4,
    startNs: start,
    deadline: start + lengthMs * 1e6,
    requestTimeoutMs: 5000,
    answers: echoes,
    fullCheckEvery: 1,
    signal: new AbortController().signal,
    ...options,
    recorder,
  };
}

import { CLOSED, unsent } from "./collect-exchange.ts";
import type { TransportOptions } from "./endpoint.ts";
import type { Exchange, GrpcRequest, HttpRequest, SendOptions, Transport, WireRequest } from "./exchange.ts";
import type { Sender } from "./sender.ts";

/** A transport to a target's REST and gRPC endpoints. A request for a protocol that the target has no address for ends as "refused". */
export function openTransport(options: TransportOptions): Transport {
  let http: Promise<Sender<HttpRequest>> | undefined;
  let grpc: Promise<Sender<GrpcRequest>> | undefined;
  let closed = false;

  const sendHttp = async (request: HttpRequest, send: SendOptions): Promise<Exchange> => {
    const { rest } = options;
    if (!rest) return unsent(request, { code: "refused", message: "the target has no REST address" });
    http ??= import("./http.ts").then(({ httpTransport }) => httpTransport(rest, options));
    return (await http).send(request, send);
  };
  const sendGrpc = async (request: GrpcRequest, send: SendOptions): Promise<Exchange> => {
    const endpoint = options.grpc;
    if (!endpoint) return unsent(request, { code: "refused", message: "the target has no gRPC address" });
    grpc ??= import("./grpc.ts").then(({ grpcTransport }) => grpcTransport(endpoint, options));
    return (await grpc).send(request, send);
  };
  const route = async (request: WireRequest, send: SendOptions): Promise<Exchange> => {
    if (closed) return unsent(request, CLOSED);
    return request.protocol === "http" ? sendHttp(request, send) : sendGrpc(request, send);
  };

  return {
    send: <R extends WireRequest>(request: R, send: SendOptions) => route(request, send) as Promise<Exchange<R>>,
    close: async () => {
      closed = true;
      await Promise.all([http, grpc].map(async (sender) => (await sender)?.close()));
    },
  };
}

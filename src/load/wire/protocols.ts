import type { EncodedRequest } from "../engine.ts";
import type { WireProtocol } from "./connection.ts";
import { grpcProtocol } from "./grpc-connection.ts";
import { http1 } from "./http1.ts";

const PROTOCOLS = { http: http1, grpc: grpcProtocol } as const;

/** How the engine speaks the protocol of requests. */
export function wireProtocol(protocol: EncodedRequest["protocol"]): WireProtocol<unknown> {
  return PROTOCOLS[protocol];
}

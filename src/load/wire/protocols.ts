import { InfermarkError } from "../../base/errors.ts";
import type { EncodedRequest } from "../engine.ts";
import type { WireProtocol } from "./connection.ts";
import { http1 } from "./http1.ts";

const PROTOCOLS: Readonly<Record<EncodedRequest["protocol"], WireProtocol<unknown> | undefined>> = {
  http: http1,
  grpc: undefined,
};

/** How the engine speaks the protocol of requests. Throws USAGE where it does not. */
export function wireProtocol(protocol: EncodedRequest["protocol"]): WireProtocol<unknown> {
  const found = PROTOCOLS[protocol];
  if (found) return found;
  throw new InfermarkError("USAGE", "the engine wire does not speak gRPC", { hint: "use the engine grpc-js" });
}

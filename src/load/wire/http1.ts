import type { WireProtocol } from "./connection.ts";
import { Http1Connection } from "./http1-connection.ts";
import { type Http1Request, http1Request } from "./http1-request.ts";

/** HTTP/1.1, one request at a time on each connection. */
export const http1: WireProtocol<Http1Request> = {
  requestsPerConnection: 1,
  prepare: http1Request,
  open: (setting, owner) => new Http1Connection(setting, owner),
};

import { connect, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";
import type { Endpoint, TlsOptions } from "./endpoint.ts";
import { TlsHandshakeError } from "./failure.ts";

/** The application protocol that is offered by ALPN; the server must choose `h2` where it is asked for. */
export type ApplicationProtocol = "http/1.1" | "h2";

/**
 * Connects to an endpoint, in TLS where it has it. `settled` is called once: when the socket can be used, or with the error that prevented it.
 * The socket is returned at once so that a caller can give up.
 */
export function openSocket(endpoint: Endpoint, alpn: ApplicationProtocol, settled: (error?: Error) => void): Socket {
  let pending = true;
  const settle = (error?: Error) => {
    if (!pending) return;
    pending = false;
    settled(error);
  };
  const socket = endpoint.tls ? openTls(endpoint, endpoint.tls, alpn, settle) : openPlain(endpoint, settle);
  socket.setNoDelay(true);
  return socket;
}

function openPlain(endpoint: Endpoint, settle: (error?: Error) => void): Socket {
  const socket = connect({ host: bare(endpoint.address ?? endpoint.host), port: endpoint.port });
  socket.once("connect", () => settle());
  socket.on("error", settle);
  socket.once("close", () => settle(new Error("the connection was closed while it was opened")));
  return socket;
}

function openTls(
  endpoint: Endpoint,
  tls: TlsOptions,
  alpn: ApplicationProtocol,
  settle: (error?: Error) => void,
): Socket {
  const name = tls.serverName ?? bare(endpoint.host);
  let connected = false;
  const socket = connectTls({
    host: bare(endpoint.address ?? endpoint.host),
    port: endpoint.port,
    ALPNProtocols: [alpn],
    // TLS has no SNI for addresses, and Node warns about it.
    ...(isIP(name) === 0 && { servername: name }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    rejectUnauthorized: tls.insecure !== true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  });
  socket.once("connect", () => {
    connected = true;
  });
  socket.once("secureConnect", () => {
    if (alpn === "h2" && socket.alpnProtocol !== "h2") {
      socket.destroy();
      settle(new TlsHandshakeError(new Error("the server did not choose h2 by ALPN, which gRPC over TLS needs")));
    } else settle();
  });
  socket.on("error", (error) => settle(connected ? new TlsHandshakeError(error) : error));
  socket.once("close", () =>
    settle(new TlsHandshakeError(new Error("the connection was closed during the handshake"))),
  );
  return socket;
}

/** `Host` or `:authority` of an endpoint: the override, else its host and port with default ports left out. */
export function authorityOf(endpoint: Endpoint): string {
  if (endpoint.authority !== undefined) return endpoint.authority;
  const name = bare(endpoint.host);
  const host = name.includes(":") ? `[${name}]` : name;
  return endpoint.port === (endpoint.tls ? 443 : 80) ? host : `${host}:${endpoint.port}`;
}

/** `fields` followed by those of the endpoint's headers whose names are not among them. */
export function withEndpointHeaders(endpoint: Endpoint, fields: Endpoint["headers"]): Endpoint["headers"] {
  const named = new Set(fields.map(([name]) => name.toLowerCase()));
  return [...fields, ...endpoint.headers.filter(([name]) => !named.has(name.toLowerCase()))];
}

/** URLs put IPv6 addresses in brackets, sockets do not. */
function bare(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

import { isIP } from "node:net";
import type { EncodedRequest } from "./engine.ts";

/** Where load is sent. Has the members of an endpoint of `src/transport`, so that one can be passed. */
export interface LoadEndpoint {
  readonly host: string;
  readonly port: number;
  /** Present when the connection is encrypted. PEM texts. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    /** Accepts any certificate. */
    readonly insecure?: boolean;
    /** The name sent in SNI and checked in the certificate; the host unless given. */
    readonly serverName?: string;
  };
  /** Put before every HTTP path; empty or starting with "/" and without a trailing "/". */
  readonly prefix: string;
  /** Replaces `Host` or `:authority`. */
  readonly authority?: string;
  /** The address to connect to in place of looking `host` up. */
  readonly address?: string;
  /** Sent with every request: extra headers or metadata, credentials included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The host or address to connect to, IPv6 without brackets. */
export function connectHost({ address, host }: LoadEndpoint): string {
  return (address ?? host).replace(/^\[|\]$/g, "");
}

/** The same as it stands in a URL, IPv6 in brackets. */
export function urlHost(endpoint: LoadEndpoint): string {
  const host = connectHost(endpoint);
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** `Host` or `:authority`: the override, else host and port with a default port left out. */
export function authorityOf({ authority, host, port, tls }: LoadEndpoint): string {
  if (authority !== undefined) return authority;
  const bare = host.replace(/^\[|\]$/g, "");
  const name = isIP(bare) === 6 ? `[${bare}]` : bare;
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`;
}

/** The name that the server's certificate must carry. */
export function certificateName({ tls, host }: LoadEndpoint): string {
  return tls?.serverName ?? host.replace(/^\[|\]$/g, "");
}

/** A request's headers followed by those of the endpoint whose names are not among them. */
export function headersOf(endpoint: LoadEndpoint, { headers }: EncodedRequest): LoadEndpoint["headers"] {
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...headers, ...endpoint.headers.filter(([name]) => !named.has(name.toLowerCase()))];
}

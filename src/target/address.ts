import { isIP, isIPv4 } from "node:net";
import { InfermarkError, messageOf } from "../base/errors.ts";
import type { Endpoint, Headers, TlsOptions } from "../transport/index.ts";

export interface AddressOptions {
  /** `Name: value`, sent with every REST request. */
  readonly headers?: readonly string[];
  /** `name: value`, sent with every gRPC call. */
  readonly metadata?: readonly string[];
  /** Sent as `Authorization: Bearer …` unless a header names Authorization. */
  readonly token?: string;
  /** PEM contents. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  readonly serverName?: string;
  readonly authority?: string;
  /** `host:port:address` each: where to connect to in place of looking the host up. */
  readonly resolve?: readonly string[];
}

const REST_HINT = "write it like http://localhost:8080 or https://host/prefix";
const GRPC_HINT = "write it like localhost:8081, [::1]:8081 or grpcs://host:443";
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The endpoint of `--rest URL`. Credentials in the URL become Basic authorization. Throws USAGE for what is no such URL. */
export function parseRestAddress(text: string, options: AddressOptions = {}): Endpoint {
  const url = parseUrl(text, "REST", REST_HINT);
  const usual = DEFAULT_PORTS[url.protocol];
  if (usual === undefined) throw wrong(`the REST address ${shown(text)} is neither http:// nor https://`, REST_HINT);
  const port = url.port === "" ? usual : Number(url.port);
  return endpointOf(url, port, url.pathname.replace(/\/+$/, ""), options.headers ?? [], options);
}

/**
 * The endpoint of `--grpc HOST:PORT`. In plaintext unless it starts with grpcs:// or https://. Throws USAGE for what is no
 * such address.
 */
export function parseGrpcAddress(text: string, options: AddressOptions = {}): Endpoint {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && !["grpc", "grpcs", "http", "https"].includes(scheme))
    throw wrong(`the gRPC address ${shown(text)} has the scheme ${scheme}`, GRPC_HINT);
  const secure = scheme === "grpcs" || scheme === "https";
  const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length + 3);
  const url = parseUrl(`${secure ? "https" : "http"}://${rest}`, "gRPC", GRPC_HINT);
  if (url.pathname !== "/") throw wrong(`the gRPC address ${shown(text)} has a path`, GRPC_HINT);
  // A URL forgets a port that is its scheme's default, which may have been spelled out.
  const spelled = scheme === "http" || secure || /:\d+\/?$/.test(rest);
  if (!spelled) throw wrong(`the gRPC address ${shown(text)} has no port`, GRPC_HINT);
  const port = url.port === "" ? (DEFAULT_PORTS[url.protocol] as number) : Number(url.port);
  return endpointOf(url, port, "", options.metadata ?? [], options);
}

/** Whether the endpoint is on this machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(endpoint: Pick<Endpoint, "host" | "address">): boolean {
  const host = withoutBrackets(endpoint.address ?? endpoint.host).toLowerCase();
  if (isIPv4(host)) return host.startsWith("127.");
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^::ffff:(127\.|7f)/.test(host);
}

/** The address for people: a URL, for gRPC `host:port`; never with credentials. */
export function showAddress(endpoint: Endpoint, protocol: "rest" | "grpc" = "rest"): string {
  const { host, port, tls, prefix } = endpoint;
  const authority = `${host.includes(":") ? `[${withoutBrackets(host)}]` : host}:${port}`;
  if (protocol === "grpc") return `${tls ? "grpcs://" : ""}${authority}`;
  const [scheme, usual] = tls ? ["https", 443] : ["http", 80];
  return `${scheme}://${port === usual ? authority.slice(0, authority.lastIndexOf(":")) : authority}${prefix}`;
}

function parseUrl(text: string, what: string, hint: string): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw wrong(`the ${what} address ${shown(text)} cannot be read`, hint);
  }
  if (url.hostname === "") throw wrong(`the ${what} address ${shown(text)} names no host`, hint);
  if (url.port === "0") throw wrong(`the ${what} address ${shown(text)} has the port 0`, hint);
  if (url.search !== "" || url.hash !== "")
    throw wrong(`the ${what} address ${shown(text)} has a query or a fragment`, "leave out what follows the path");
  return url;
}

function endpointOf(
  url: URL,
  port: number,
  prefix: string,
  fields: readonly string[],
  options: AddressOptions,
): Endpoint {
  const host = withoutBrackets(url.hostname);
  const headers = withAuthorization(fields.map(parseField), url, options);
  const address = options.resolve?.map(parseResolve).find((each) => each.host === host && each.port === port)?.address;
  return {
    host,
    port,
    ...(url.protocol === "https:" && { tls: tlsOf(options) }),
    prefix,
    ...(options.authority !== undefined && { authority: options.authority }),
    ...(address !== undefined && { address }),
    headers,
    secretHeaders: headers.map(([name]) => name).filter((name) => /auth|token|key|secret|cookie|password/i.test(name)),
  };
}

function tlsOf({ ca, cert, key, insecure, serverName }: AddressOptions): TlsOptions {
  if ((cert === undefined) !== (key === undefined))
    throw wrong("a client certificate and its key belong together", "give both --cert and --key");
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(insecure !== undefined && { insecure }),
    ...(serverName !== undefined && { serverName }),
  };
}

function parseField(text: string): readonly [string, string] {
  const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([\t -~\u0080-\u00ff]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // The value may be a secret.
    const label = text.slice(0, Math.max(0, text.indexOf(":")));
    throw wrong(`a header ${JSON.stringify(label)} cannot be read`, 'write headers and metadata like "Name: value"');
  }
  return [name, value.trimEnd()];
}

function withAuthorization(fields: Headers, url: URL, { token }: AddressOptions): Headers {
  if (fields.some(([name]) => name.toLowerCase() === "authorization")) return fields;
  if (token !== undefined) return [...fields, bearer(token)];
  if (url.username === "" && url.password === "") return fields;
  const credentials = [url.username, url.password].map(decoded).join(":");
  return [...fields, ["authorization", `Basic ${Buffer.from(credentials).toString("base64")}`]];
}

/** Files end in a line break that is no part of the token. */
function bearer(token: string): readonly [string, string] {
  const trimmed = token.trim();
  if (/^[!-~]+$/.test(trimmed)) return ["authorization", `Bearer ${trimmed}`];
  throw wrong(
    trimmed === "" ? "the token is empty" : "the token has characters that a header cannot carry",
    "check the environment variable or the file that it comes from",
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (thrown) {
    throw wrong(
      `the credentials in the address cannot be read: ${messageOf(thrown)}`,
      "write a % in user or password as %25",
    );
  }
}

function parseResolve(text: string): { readonly host: string; readonly port: number; readonly address: string } {
  const [, host = "", port = "", address = ""] = /^(\[[^\]]+\]|[^:]+):(\d+):(.+)$/.exec(text.trim()) ?? [];
  const bare = withoutBrackets(address);
  if (isIP(bare) === 0)
    throw wrong(`--resolve ${JSON.stringify(text)} cannot be read`, "write it like host:443:127.0.0.1");
  return { host: withoutBrackets(host).toLowerCase(), port: Number(port), address: bare };
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function shown(text: string): string {
  return JSON.stringify(text.replace(/^([a-z0-9+.-]*:\/\/)?.*@/i, "$1"));
}

function wrong(message: string, hint: string): InfermarkError {
  return new InfermarkError("USAGE", message, { hint });
}

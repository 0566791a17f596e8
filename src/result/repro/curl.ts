import type { HttpRequest } from "../../transport/exchange.ts";
import { isSecretHeader, secretVariable } from "../secrets.ts";
import { hostAndPort, MAX_REPRO_BODY_BYTES, type ReproTarget } from "./repro-target.ts";
import { shellWord, shellWordWithVariable, utf8 } from "./shell.ts";

const PLAIN_PATH = /^[\w\-.~:/?@!$&'()*+,;=%]*$/;
const DOT_SEGMENT = /\/\.{1,2}(?:[/?]|$)/;
const METHODS_WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/**
 * A bash line that sends this request again with curl, byte for byte but for `Connection`.
 * Undefined when curl cannot: a request that is malformed on purpose, or a body too long to paste.
 */
export function curlLine(
  request: HttpRequest,
  target: ReproTarget,
  bodyLimit = MAX_REPRO_BODY_BYTES,
): string | undefined {
  if ((request.verbatim && !isOrdinary(request)) || !isLatin1(request.path)) return undefined;
  if ((request.body?.length ?? 0) > bodyLimit) return undefined;
  const headers = headerArguments(request, target);
  if (!headers) return undefined;
  const { before, argument } = bodyArgument(request);
  const words = [
    `${before}curl`,
    "-isS",
    "--http1.1",
    ...methodArguments(request, argument !== undefined),
    ...connectionArguments(target),
    ...headers,
    ...(argument === undefined ? [] : [argument]),
    ...addressArguments(target, `${target.prefix ?? ""}${request.path}`),
  ];
  return words.join(" ");
}

/** Whether a request that is sent as it stands is one that curl sends alike: a bare one, with nothing malformed. */
function isOrdinary({ method, path, headers, body }: HttpRequest): boolean {
  const names = headers.map(([name]) => name.toLowerCase());
  return (
    body === undefined &&
    /^[A-Z]+$/.test(method) &&
    PLAIN_PATH.test(path) &&
    headers.every(([name, value]) => /^[\w-]+$/.test(name) && /^[!-~]+(?: [!-~]+)*$/.test(value)) &&
    new Set(names).size === names.length &&
    !names.some((name) => name === "content-length" || name === "transfer-encoding")
  );
}

function methodArguments(request: HttpRequest, hasBody: boolean): string[] {
  if (request.method === (hasBody ? "POST" : "GET")) return [];
  // With -X HEAD curl waits for a body that never comes.
  if (request.method === "HEAD" && !hasBody) return ["--head"];
  return ["-X", shellWord(Buffer.from(request.method)) ?? "''"];
}

function connectionArguments({ tls, address, host, port }: ReproTarget): string[] {
  const words: string[] = [];
  if (tls?.insecure) words.push("-k");
  for (const [flag, file] of [
    ["--cacert", tls?.ca],
    ["--cert", tls?.cert],
    ["--key", tls?.key],
  ] as const) {
    if (file !== undefined) words.push(flag, word(file));
  }
  // curl takes SNI from the URL, so a name of its own goes into the URL and the connection is turned back.
  if (tls?.serverName !== undefined)
    words.push("--connect-to", word(`${tls.serverName}:${port}:${hostAndPort(address ?? host, port)}`));
  else if (address !== undefined) words.push("--resolve", word(`${host}:${port}:${address}`));
  return words;
}

function headerArguments(request: HttpRequest, target: ReproTarget): string[] | undefined {
  const all = [...(target.headers ?? []), ...request.headers];
  const has = (name: string) => all.some(([other]) => other.toLowerCase() === name);
  const words: string[] = [];
  if (!has("host") && (target.authority !== undefined || target.tls?.serverName !== undefined)) {
    words.push("-H", word(`Host: ${target.authority ?? hostAndPort(target.host, target.port)}`));
  }
  for (const [name, value] of all) {
    const line = headerWord(name, value, target);
    if (line === undefined) return undefined;
    words.push("-H", line);
  }
  // What curl would add of its own accord and the request did not have.
  for (const name of ["User-Agent", "Accept"]) if (!has(name.toLowerCase())) words.push("-H", `'${name}:'`);
  if (hasBody(request) && !has("content-type")) words.push("-H", "'Content-Type:'");
  if ((request.body?.length ?? 0) > 1000 && !has("expect")) words.push("-H", "'Expect:'");
  if (request.framing === "chunked" && !has("transfer-encoding")) words.push("-H", "'Transfer-Encoding: chunked'");
  return words;
}

function headerWord(name: string, value: string, target: ReproTarget): string | undefined {
  if (isSecretHeader(name, target.secretHeaders)) {
    const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? "";
    return shellWordWithVariable(`${name}: ${scheme}`, secretVariable(name));
  }
  // HTTP carries one byte per character; a wider character cannot have been sent.
  if (!isLatin1(value) || !isLatin1(name)) return undefined;
  return shellWord(Buffer.from(value === "" ? `${name};` : `${name}: ${value}`, "latin1"));
}

function isLatin1(text: string): boolean {
  return Buffer.from(text, "latin1").toString("latin1") === text;
}

function hasBody(request: HttpRequest): boolean {
  return request.body !== undefined || METHODS_WITH_BODY.has(request.method);
}

function bodyArgument(request: HttpRequest): { before: string; argument: string | undefined } {
  if (!hasBody(request)) return { before: "", argument: undefined };
  const body = request.body ?? new Uint8Array(0);
  const literal = body.length === 0 ? "''" : utf8(body) === undefined ? undefined : shellWord(body);
  if (literal !== undefined) return { before: "", argument: `--data-raw ${literal}` };
  const base64 = Buffer.from(body).toString("base64");
  return { before: `printf '%s' '${base64}' | base64 -d | `, argument: "--data-binary @-" };
}

function addressArguments({ host, port, tls }: ReproTarget, path: string): string[] {
  const origin = `${tls ? "https" : "http"}://${hostAndPort(tls?.serverName ?? host, port)}`;
  const glob = origin.includes("[") ? ["-g"] : [];
  if (PLAIN_PATH.test(path) && !DOT_SEGMENT.test(path)) return [...glob, word(`${origin}${path}`)];
  return [...glob, "--request-target", shellWord(Buffer.from(path, "latin1")) ?? "/", word(`${origin}/`)];
}

function word(text: string): string {
  return shellWord(Buffer.from(text)) ?? "''";
}

import { createHash } from "node:crypto";
import { systemClock } from "../../base/clock.ts";
import { defaultLimits, type FuzzKind } from "../../conformance/index.ts";
import type { FuzzFinding } from "../../result/index.ts";
import { probeTarget } from "../../target/index.ts";
import { openTransport, type RecordedExchange, type WireRequest } from "../../transport/index.ts";
import { ExitCode } from "../exit-codes.ts";
import { allSuites } from "../own-suites.ts";
import type { Settings } from "../settings.ts";
import { probeOptionsOf, setUpTarget } from "../target.ts";

/** Sends the request of a finding to the target again: exit 1 when the fault shows, 0 when not, 4 when it could not be tried. */
export async function replayFinding(finding: FuzzFinding, request: WireRequest, settings: Settings): Promise<number> {
  const target = setUpTarget(settings);
  const transport = openTransport(target.transport);
  try {
    const info = await probeTarget(transport, probeOptionsOf(settings, target));
    const suite = (await allSuites(settings.suites)).find(({ suite: { id } }) => id === finding.suite)?.suite;
    const { repeatFinding } = await import("../../conformance/fuzz/index.ts");
    const limits = { ...defaultLimits, requestMs: settings.timeout, recoveryMs: settings.recovery };
    const options = { transport, info, seed: settings.seed, clock: systemClock, limits };
    const shown = suite && (await repeatFinding(suite, { request, kind: finding.kind as FuzzKind }, options));
    if (typeof shown === "string" || !suite) {
      process.stdout.write(
        `${finding.id} could not be tried: ${typeof shown === "string" ? shown : "no such suite"}\n`,
      );
      return ExitCode.undecided;
    }
    process.stdout.write(`${finding.id} ${shown ? `shows again: ${shown.symptom.actual}` : "does not show"}\n`);
    return shown ? ExitCode.failed : ExitCode.ok;
  } finally {
    await transport.close();
  }
}

/** The request of a finding among those that a run recorded, told by its path and its bytes. */
export function recordedRequest(entries: readonly RecordedExchange[], finding: FuzzFinding): WireRequest | undefined {
  const { request } = finding.exchange;
  const wanted = keyOf(
    request.method,
    request.path,
    request.headers.map(({ name, value }) => [name, value]),
    request.bodies.map(({ sha256 }) => sha256),
  );
  return entries.find(({ exchange }) => {
    const { request: sent } = exchange;
    const bodies = sent.protocol === "grpc" ? sent.messages : sent.body ? [sent.body] : [];
    const fields = sent.protocol === "grpc" ? sent.metadata : sent.headers;
    return wanted === keyOf(sent.protocol === "grpc" ? undefined : sent.method, sent.path, fields, bodies.map(sha256));
  })?.exchange.request;
}

function keyOf(
  method: string | undefined,
  path: string,
  fields: readonly (readonly [name: string, value: string])[],
  bodies: readonly string[],
): string {
  return JSON.stringify([method, path, fields, bodies]);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The request as the document holds it; undefined where a body was cut. */
export function requestInDocument({ exchange: { protocol, request } }: FuzzFinding): WireRequest | undefined {
  if (request.bodies.some(({ truncated }) => truncated)) return undefined;
  const bodies = request.bodies.map(
    ({ text, base64 = "" }) => new Uint8Array(text === undefined ? Buffer.from(base64, "base64") : Buffer.from(text)),
  );
  const headers = request.headers.map(({ name, value }) => [name, value] as const);
  const { path, method = "POST", framing } = request;
  if (protocol === "grpc") return { protocol, path, metadata: headers, messages: bodies };
  const [body] = bodies;
  return { protocol, method, path, headers, ...(body && { body }), ...(framing === "chunked" && { framing }) };
}

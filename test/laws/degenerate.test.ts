import { describe, expect, test } from "vitest";
import { runSuite } from "#kit";
import { createWorld, type GrpcReply, type Handler, type HttpReply, inProcess } from "../../src/reference/index.ts";
import { suites } from "../../suites/index.ts";
import { standingOf } from "./degenerate.ts";
import { hurriedClock, referenceInfo } from "./lab.ts";

const utf8 = new TextEncoder();
const http = (status: number, body: string, extra: Partial<HttpReply> = {}): HttpReply => ({
  protocol: "http",
  status,
  headers: [["content-type", "application/json"]],
  body: utf8.encode(body),
  ...extra,
});
const grpc = (status: number, messages: readonly Uint8Array[] = [], extra: Partial<GrpcReply> = {}): GrpcReply => ({
  protocol: "grpc",
  status,
  message: "",
  messages,
  ...extra,
});

const always =
  (onHttp: HttpReply, onGrpc: GrpcReply): Handler =>
  (request) =>
    Promise.resolve(request.protocol === "http" ? onHttp : onGrpc);

/** Servers that keep no contract at all. */
const DEGENERATE: Readonly<Record<string, Handler>> = {
  "drops every connection": always(http(200, "", { fault: "drop" }), grpc(0, [], { fault: "drop" })),
  "answers 404 and UNIMPLEMENTED to everything": always(http(404, "{}"), grpc(12)),
  "answers 400 with an error and INVALID_ARGUMENT to everything": always(
    http(400, '{"error":"no"}'),
    grpc(3, [], { message: "no" }),
  ),
  "answers 500 and INTERNAL to everything": always(http(500, '{"error":"no"}'), grpc(13, [], { message: "no" })),
  "answers 200 {} and OK with an empty message to everything": always(http(200, "{}"), grpc(0, [new Uint8Array(0)])),
  "answers 200 and OK with nothing to everything": always(http(200, ""), grpc(0)),
  "answers with garbage": always(http(200, "\u0000\u0001garbage"), grpc(0, [utf8.encode("\u00ff\u00fegarbage")])),
  hangs: always(http(200, "", { fault: "hang" }), grpc(0, [], { fault: "hang" })),
  "cuts every answer short": always(
    http(200, '{"outputs":[', { contentLength: 100_000 }),
    grpc(0, [], { resetCode: 2 }),
  ),
};

describe.each(suites.map((entry) => [entry.suite.id, entry.suite] as const))("law 5: %s", (_, suite) => {
  test.each(Object.entries(DEGENERATE))(
    "a server that %s passes at most 2 %% of the checks and earns no profile",
    async (_name, handler) => {
      const world = createWorld({ models: new Map() });
      const { results } = await runSuite(suite, suite.checks, {
        transport: inProcess({ handlers: [handler], world }),
        info: referenceInfo(),
        seed: 1,
        clock: hurriedClock,
        limits: { requestMs: 50, recoveryMs: 0, concurrency: 8 },
      });
      const { passed, errors, profiles } = standingOf(suite, results);
      expect(passed.length, passed.join(", ")).toBeLessThanOrEqual(Math.floor(suite.checks.length * 0.02));
      expect(errors).toEqual([]);
      expect(profiles.filter(({ status }) => status !== "not-earned" && status !== "undecided")).toEqual([]);
    },
  );
});

import { describe, expect, test } from "vitest";
import { readJson, toPlain, writeJson } from "#kit";
import type { Handler, ReferenceModel } from "../../src/reference/index.ts";
import { v2Grpc } from "../../suites/v2-grpc/index.ts";
import { v2Rest } from "../../suites/v2-rest/index.ts";
import { certify } from "./small-server.ts";

/** FP32 in, FP32 out, and no versions. */
const fp32 = (name: string): ReferenceModel => ({
  name,
  platform: "small_server",
  versions: [],
  inputs: [{ name: "INPUT0", datatype: "FP32", shape: [-1, -1] }],
  outputs: [{ name: "OUTPUT0", datatype: "FP32", shape: [-1, -1] }],
  infer: async ({ inputs }) => inputs.map((tensor) => ({ ...tensor, name: "OUTPUT0" })),
});

/** A server that has no notion of versions leaves their member out. */
const withoutVersions =
  (handler: Handler): Handler =>
  async (request, world) => {
    const reply = await handler(request, world);
    if (reply?.protocol !== "http" || reply.status !== 200) return reply;
    const read = readJson(reply.body);
    const body = read.ok ? (toPlain(read.value) as Readonly<Record<string, unknown>>) : {};
    if (!("versions" in body)) return reply;
    const { versions: _, ...others } = body;
    return { ...reply, body: new TextEncoder().encode(writeJson(others)) };
  };

const BINDINGS = [
  ["rest", "v2-rest", [withoutVersions(v2Rest.reference)], "oip-rest"],
  ["grpc", "v2-grpc", [v2Grpc.reference], "oip-grpc"],
] as const;

describe.each(BINDINGS)(
  "a server that offers the Open Inference Protocol over %s alone",
  (protocol, id, handlers, own) => {
    test.each(["small", "identity_fp32"])("with one FP32 model named %s fails nothing", async (name) => {
      const { found } = await certify({ model: fp32(name), protocol, handlers });
      expect(found.suites.filter(({ claimed }) => claimed).map(({ suite }) => suite)).toEqual([id]);
      const results = found.suites.flatMap(({ checks }) => checks);
      expect(
        results
          .filter(({ verdict: { outcome } }) => outcome === "fail" || outcome === "error" || outcome === "inconclusive")
          .map(({ check, verdict }) => ({ check, verdict })),
      ).toEqual([]);
      expect(results.filter(({ verdict }) => verdict.outcome === "pass").length).toBeGreaterThan(results.length / 3);
      const standing = found.profiles.map(({ profile, status }) => [profile, status]);
      expect(Object.fromEntries(standing)).toEqual(
        Object.fromEntries(standing.map(([profile]) => [profile, profile === own ? "partial" : "not-claimed"])),
      );
    });
  },
);

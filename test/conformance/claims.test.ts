import { describe, expect, test } from "vitest";
import type { Suite, TargetInfo } from "#kit";
import { claimOf } from "../../src/conformance/claims.ts";

const nothing: TargetInfo = { rest: false, grpc: false, bindings: {}, server: { extensions: [] }, models: [] };
const suite: Suite = {
  id: "t",
  title: "t",
  transport: "rest",
  specifications: [],
  features: {},
  clauses: {},
  checks: [],
  retired: {},
  endpointOf: () => undefined,
  succeeded: () => false,
  alive: () => ({ protocol: "http", method: "GET", path: "/", headers: [] }),
};
const overGrpc: Suite = { ...suite, transport: "grpc" };
const extension: Suite = { ...suite, extension: "faster" };
const answers = (yes: boolean) => ({ t: { answers: yes, evidence: yes ? "it answered" : "it gave 404" } });

describe("a suite is claimed", () => {
  test("when the user names it, whatever the probe found", () => {
    for (const each of [suite, overGrpc, extension])
      expect(claimOf(each, nothing, true)).toEqual({ claimed: true, evidence: "named by the user" });
  });

  test("when one of its endpoints answers, with what the probe saw as evidence", () => {
    const info = { ...nothing, rest: true, bindings: answers(true) };
    expect(claimOf(suite, info, false)).toEqual({ claimed: true, evidence: "it answered" });
  });

  test("when server metadata lists its extension, though nothing was looked for", () => {
    const info = { ...nothing, rest: true, server: { extensions: ["other", "faster"] } };
    expect(claimOf(extension, info, false)).toEqual({
      claimed: true,
      evidence: "server metadata lists the extension faster",
    });
  });
});

describe("a suite is not claimed", () => {
  test("when there is no address for it, though its endpoints answer", () => {
    const bindings = answers(true);
    expect(claimOf(suite, { ...nothing, grpc: true, bindings }, false)).toEqual({
      claimed: false,
      evidence: "no REST address was given",
    });
    expect(claimOf(overGrpc, { ...nothing, rest: true, bindings }, false)).toEqual({
      claimed: false,
      evidence: "no gRPC address was given",
    });
  });

  test("when its endpoints do not answer, or were not looked for", () => {
    const info = { ...nothing, rest: true };
    expect(claimOf(suite, { ...info, bindings: answers(false) }, false)).toEqual({
      claimed: false,
      evidence: "it gave 404",
    });
    expect(claimOf(suite, info, false)).toEqual({ claimed: false, evidence: "the probe did not look for it" });
  });

  test("when server metadata does not list its extension, though its endpoints answer", () => {
    const info = { ...nothing, rest: true, bindings: answers(true), server: { extensions: ["fast"] } };
    expect(claimOf(extension, info, false)).toEqual({
      claimed: false,
      evidence: "server metadata does not list the extension faster",
    });
  });
});

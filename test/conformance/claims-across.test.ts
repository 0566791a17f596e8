import { describe, expect, test } from "vitest";
import { claimOf, type Suite, type TargetInfo } from "#kit";

const answers = { answers: true, evidence: "it answers" };
const silent = { answers: false, evidence: "it does not answer" };

function suite(over: Partial<Suite> = {}): Suite {
  return {
    id: "across",
    title: "t",
    transport: "both",
    compares: ["v2-rest", "v2-grpc"],
    specifications: [],
    features: {},
    clauses: {},
    checks: [],
    retired: {},
    endpointOf: () => undefined,
    succeeded: () => true,
    alive: () => ({ protocol: "http", method: "GET", path: "/", headers: [] }),
    ...over,
  };
}

function info(over: Partial<TargetInfo> = {}): TargetInfo {
  const bindings = { "v2-rest": answers, "v2-grpc": answers };
  return { rest: true, grpc: true, bindings, server: { extensions: [] }, models: [], ...over };
}

describe("a suite that compares bindings", () => {
  test("is claimed when all of them answer", () => {
    expect(claimOf(suite(), info(), false)).toEqual({ claimed: true, evidence: "it answers; it answers" });
  });

  test.each(["v2-rest", "v2-grpc"])("is not claimed when %s does not answer", (binding) => {
    const bindings = { "v2-rest": answers, "v2-grpc": answers, [binding]: silent };
    expect(claimOf(suite(), info({ bindings }), false)).toEqual({ claimed: false, evidence: "it does not answer" });
  });

  test.each([
    ["rest", "no REST address was given"],
    ["grpc", "no gRPC address was given"],
  ])("is not claimed without the %s address", (address, evidence) => {
    expect(claimOf(suite(), info({ [address]: false }), false)).toEqual({ claimed: false, evidence });
  });

  test("is claimed when the user names it", () => {
    expect(claimOf(suite(), info({ grpc: false }), true).claimed).toBe(true);
  });
});

test("a suite of one binding is claimed by its own evidence", () => {
  const own = suite({ id: "v2-rest", transport: "rest" });
  const { compares: _, ...alone } = own;
  expect(claimOf(alone, info({ grpc: false }), false)).toEqual({ claimed: true, evidence: "it answers" });
  expect(claimOf({ ...alone, id: "other" }, info(), false)).toEqual({
    claimed: false,
    evidence: "the probe did not look for it",
  });
});

import { describe, expect, test } from "vitest";
import type { Exchange, Headers } from "#kit";
import { describeAnswer, expect as expectation, given, shorten, show } from "../../src/conformance/expect.ts";
import { Nonconformance, Undecided } from "../../src/conformance/outcome.ts";

const utf8 = new TextEncoder();

function http(status: number, body = "", more: Partial<Exchange> = {}): Exchange {
  const headers: Headers = [["content-type", "application/json"]];
  return {
    request: { protocol: "http", method: "GET", path: "/", headers: [] },
    head: { status, headers, atNs: 0 },
    events: body === "" ? [] : [{ atNs: 0, bytes: utf8.encode(body) }],
    durationNs: 0,
    ...more,
  };
}

function grpc(status: number, messages: readonly string[] = [], message = ""): Exchange {
  const framed = messages.map((text) => {
    const bytes = utf8.encode(text);
    return { atNs: 0, bytes: Uint8Array.of(0, 0, 0, 0, bytes.length, ...bytes) };
  });
  return {
    request: { protocol: "grpc", path: "/s/M", metadata: [], messages: [] },
    head: { status: 200, headers: [["content-type", "application/grpc"]], atNs: 0 },
    events: framed,
    trailers: [
      ["grpc-status", String(status)],
      ["grpc-message", message],
    ],
    durationNs: 0,
  };
}

const lost = (code: "reset" | "closed" = "reset"): Exchange => {
  const { head: _, ...rest } = http(0);
  return { ...rest, failure: { code, message: "gone" } };
};

const LOST = "no answer (reset): gone";

/** What a statement that does not hold says: as a failure when it judges, as a reason when it presupposes. */
function broken(state: (judge: typeof expectation) => unknown) {
  const raised = (judge: typeof expectation): unknown => {
    try {
      state(judge);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };
  const failure = raised(expectation);
  const reason = raised(given);
  if (!(failure instanceof Nonconformance) || !(reason instanceof Undecided))
    throw new Error("the statement holds", { cause: failure ?? reason });
  expect([failure.name, reason.name]).toEqual(["Nonconformance", "Undecided"]);
  const { expected, actual, at } = failure;
  expect(reason.message).toBe(`needs ${expected}${at === undefined ? "" : ` at ${at}`}, got ${actual}`);
  expect(failure.message).toBe(`expected ${expected}, got ${actual}${at === undefined ? "" : ` at ${at}`}`);
  return { expected, actual, ...(at !== undefined && { at }) };
}

function holds<T>(state: (judge: typeof expectation) => T): T {
  const value = state(given);
  expect(state(expectation)).toEqual(value);
  return value;
}

describe("a statement", () => {
  test("that: anything, with where it was seen", () => {
    holds((judge) => judge.that(1, "a", "b"));
    expect(broken((judge) => judge.that("", "one", "none"))).toEqual({ expected: "one", actual: "none" });
    expect(broken((judge) => judge.that(false, "one", "none", "/x"))).toEqual({
      expected: "one",
      actual: "none",
      at: "/x",
    });
  });

  test("equal: the same primitive or the same JSON", () => {
    holds((judge) => judge.equal(Number.NaN, Number.NaN));
    holds((judge) => judge.equal([1, { a: 2n }], [1, { a: 2n }]));
    expect(broken((judge) => judge.equal([1, 2], [2, 1], "/data"))).toEqual({
      expected: "[2,1]",
      actual: "[1,2]",
      at: "/data",
    });
    expect(broken((judge) => judge.equal("1", 1))).toEqual({ expected: "1", actual: '"1"' });
    expect(broken((judge) => judge.equal(undefined, "x"))).toEqual({ expected: '"x"', actual: "nothing" });
  });

  test("answered: a complete answer, whatever its status", () => {
    holds((judge) => judge.answered(http(500)));
    expect(broken((judge) => judge.answered(lost()))).toEqual({ expected: "an answer", actual: LOST });
    const cut = http(200, "{", { failure: { code: "closed", message: "cut" } });
    expect(broken((judge) => judge.answered(cut))).toEqual({
      expected: "an answer",
      actual: "no answer (closed): cut",
    });
  });

  test("status: one of these, of a complete answer", () => {
    holds((judge) => judge.status(http(204), 200, 204));
    expect(broken((judge) => judge.status(http(404), 200, 204))).toEqual({
      expected: "status 200 or 204",
      actual: "status 404",
    });
    expect(broken((judge) => judge.status(lost(), 200))).toEqual({ expected: "status 200", actual: LOST });
    const cut = http(200, "", { failure: { code: "closed", message: "cut" } });
    expect(broken((judge) => judge.status(cut, 200)).actual).toBe("no answer (closed): cut");
  });

  test("json: one JSON text, with numbers as they were written", () => {
    const value = holds((judge) => judge.json(http(200, '{"n":1.50}'))) as ReadonlyMap<string, { text: string }>;
    expect(value.get("n")?.text).toBe("1.50");
    expect(broken((judge) => judge.json(lost()))).toEqual({ expected: "an answer", actual: LOST });
    expect(broken((judge) => judge.json(http(200, "{]")))).toMatchObject({
      expected: "a JSON body",
      actual: expect.stringMatching(/ in application\/json "\{\]"$/),
    });
    expect(broken((judge) => judge.json(http(200))).actual).toMatch(/ in an empty body$/);
    const untyped = http(200, "<p>", { head: { status: 200, headers: [], atNs: 0 } });
    expect(broken((judge) => judge.json(untyped)).actual).toMatch(/ in "<p>"$/);
    expect(broken((judge) => judge.json(http(200, "x".repeat(500)))).actual).toMatch(/ "x{119}…$/);
  });

  test("object: a JSON object with ordinary numbers", () => {
    expect(holds((judge) => judge.object(http(200, '{"n":1.50}')))).toEqual({ n: 1.5 });
    for (const [body, actual] of [
      ["[1]", "[1]"],
      ["null", "null"],
      ["5", "5"],
    ] as const)
      expect(broken((judge) => judge.object(http(200, body)))).toEqual({ expected: "a JSON object", actual });
  });

  test("message: OK with exactly one message", () => {
    expect(holds((judge) => judge.message(grpc(0, ["hi"])))).toEqual(utf8.encode("hi"));
    expect(broken((judge) => judge.message(grpc(5, [], "who?")))).toEqual({
      expected: "gRPC status OK",
      actual: 'gRPC NOT_FOUND "who?"',
    });
    expect(broken((judge) => judge.message(grpc(0)))).toEqual({ expected: "one message", actual: "0 messages" });
    expect(broken((judge) => judge.message(grpc(0, ["a", "b"])))).toEqual({
      expected: "one message",
      actual: "2 messages",
    });
    expect(broken((judge) => judge.message({ ...lost(), request: grpc(0).request }))).toEqual({
      expected: "gRPC status OK",
      actual: LOST,
    });
  });
});

describe("an answer in a few words", () => {
  test("is its status, for gRPC with its message", () => {
    expect(describeAnswer(http(404))).toBe("status 404");
    expect(describeAnswer(grpc(0))).toBe("gRPC OK");
    expect(describeAnswer(grpc(3, [], "m".repeat(300)))).toBe(`gRPC INVALID_ARGUMENT "${"m".repeat(200)}…"`);
  });

  test("is what is wrong with it where it is no gRPC answer", () => {
    const page = { ...grpc(0), head: { status: 502, headers: [], atNs: 0 } };
    expect(describeAnswer(page)).toBe("HTTP status 502 where gRPC has 200");
  });

  test("is why there is none", () => {
    expect(describeAnswer(lost("closed"))).toBe("no answer (closed): gone");
  });
});

describe("a value in a few words", () => {
  test.each([
    [undefined, "nothing"],
    [null, "null"],
    ["a", '"a"'],
    [12n, "12"],
    [new Uint8Array(3), "3 bytes"],
    [{ a: [1n, 2] }, '{"a":["1",2]}'],
    [() => 1, "function"],
  ])("%s is %s", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("is cut where it is long", () => {
    expect(show("x".repeat(300))).toBe(`"${"x".repeat(199)}…`);
    expect(shorten("abc", 3)).toBe("abc");
    expect(shorten("abcd", 3)).toBe("abc…");
    expect(shorten("y".repeat(200))).toBe("y".repeat(200));
  });
});

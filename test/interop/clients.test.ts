import { describe, expect, test } from "vitest";
import { allSucceeded, callsOf, clientTable } from "../../interop/clients/drive-clients.ts";

const signal = new AbortController().signal;
const script = (source: string) => callsOf(process.execPath, ["-e", source], signal);

describe("the calls of a client", () => {
  test("are what its script tells, and other output is not", async () => {
    const calls = await script(
      `console.log('{"call":"a"}'); console.log("hello"); console.log('{"call":"b","problem":"no"}')`,
    );
    expect(calls).toEqual([{ call: "a" }, { call: "b", problem: "no" }]);
  });

  test("that stop half-way are a failure", async () => {
    const calls = await script(`console.log('{"call":"a"}'); process.exitCode = 3`);
    expect(calls).toEqual([{ call: "a" }, { call: "the whole script", problem: "ended with status 3" }]);
  });

  test("that never happen are a failure", async () => {
    expect(await script("")).toEqual([{ call: "the whole script", problem: "made no call" }]);
  });

  test("cannot be had from a command that does not exist", async () => {
    await expect(callsOf("/no/such/python", [], signal)).rejects.toThrow("ENOENT");
  });
});

test("the table counts calls and shows each that failed", () => {
  const results = [
    { client: "one 1.0", calls: [{ call: "a" }, { call: "b", problem: "it broke" }] },
    { client: "another 2.0", calls: [{ call: "a" }] },
  ];
  expect(clientTable(results).split("\n")).toEqual([
    "client       calls  failed",
    "one 1.0          2       1",
    "another 2.0      1       0",
    "fail  one 1.0  b",
    "  it broke",
    "",
  ]);
  expect(allSucceeded(results)).toBe(false);
  expect(allSucceeded(results.slice(1))).toBe(true);
});

import { expect, test } from "vitest";
import { unknownId } from "../../src/cli/suggest.ts";

test("an id with a slip of the pen is answered with the one that was meant", () => {
  const { message, hint, code } = unknownId("suite", "v2-rset", ["v1-rest", "v2-rest", "v2-grpc"]);
  expect(message).toBe('there is no suite "v2-rset"; did you mean "v2-rest"?');
  expect(hint).toBe("choose one of v1-rest, v2-rest, v2-grpc");
  expect(code).toBe("USAGE");
});

test("an id unlike any other is answered without a guess, and with the command that lists them", () => {
  const { message, hint } = unknownId("check", "zzzzzzzzzzzzzzzzzzzz", ["v2-rest/infer-echoes-id"]);
  expect(message).toBe('there is no check "zzzzzzzzzzzzzzzzzzzz"');
  expect(hint).toContain("infermark list checks");
});

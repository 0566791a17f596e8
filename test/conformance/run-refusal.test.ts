import { describe, expect, test } from "vitest";
import { type Accept, expect as expectation, type RefuseCheck } from "#kit";
import { basics, get, refuse, reply, run } from "./tiny-suite.ts";

const is400: Accept = (answer) => expectation.status(answer, 400);

/** A check with a defect for each path; the good request is /good. */
function refusing(paths: readonly string[], accept = is400, own: Readonly<Record<string, Accept>> = {}): RefuseCheck {
  const defects = paths.map((path) => ({
    name: path.slice(1),
    request: () => get(path),
    ...(own[path] && { accept: own[path] }),
  }));
  return refuse({ ...basics, id: "t/refuse", control: () => get("/good"), defects, accept });
}

const paths = (exchanges: readonly { readonly request: object }[]) =>
  exchanges.map(({ request }) => (request as { path: string }).path);

describe("a refusal", () => {
  test("sends the good request, and after each defect the good request again", async () => {
    const { results } = await run([refusing(["/a", "/b"])], (path) => reply(path === "/good" ? 200 : 400));
    expect(results[0]?.verdict).toEqual({ outcome: "pass" });
    expect(paths(results[0]?.exchanges ?? [])).toEqual(["/good", "/a", "/good", "/b", "/good"]);
  });

  test("sends no defect when the good request does not succeed", async () => {
    const { results } = await run([refusing(["/a"])], () => reply(503));
    expect(results[0]?.verdict).toEqual({
      outcome: "inconclusive",
      reason: "the good request did not succeed: status 503",
    });
    expect(paths(results[0]?.exchanges ?? [])).toEqual(["/good"]);
  });

  test("of one defect fails with what came back, and points at it", async () => {
    const { results } = await run([refusing(["/a"])], () => reply(200));
    expect(results[0]?.verdict).toEqual({ outcome: "fail", expected: "status 400", actual: "status 200" });
    expect(results[0]?.decisive).toBe(1);
  });

  test("of several defects names those that were accepted, and points at the first of them", async () => {
    const at: Accept = (answer) => expectation.that(answer.head?.status === 400, "status 400", "another", "/status");
    const { results } = await run([refusing(["/a", "/b", "/c"], at)], (path) => reply(path === "/a" ? 400 : 200));
    expect(results[0]?.verdict).toEqual({
      outcome: "fail",
      expected: "status 400",
      actual: "b: another; c: another",
      at: "/status",
    });
    expect(results[0]?.decisive).toBe(3);
  });

  test("judges a defect by its own measure where it has one", async () => {
    const own = { "/b": (answer: Parameters<Accept>[0]) => expectation.status(answer, 200) };
    const { of } = await run([refusing(["/a", "/b"], is400, own)], (path) => reply(path === "/a" ? 400 : 200));
    expect(of("t/refuse")).toEqual({ outcome: "pass" });
  });

  test("hands the measure the answer to the good request", async () => {
    const sameStatus: Accept = (answer, { control }) => expectation.status(answer, control.head?.status ?? 0);
    const { of } = await run([refusing(["/a"], sameStatus)], () => reply(200));
    expect(of("t/refuse")).toEqual({ outcome: "pass" });
  });

  test("warns, and points at the first defect that is warned about", async () => {
    const warns: Accept = (answer, { context }) => {
      if (answer.head?.status === 500) context.warn("it blames itself");
    };
    const answers = (path: string) => reply({ "/good": 200, "/a": 400 }[path] ?? 500);
    const { results } = await run([refusing(["/a", "/b", "/c"], warns)], answers);
    expect(results[0]?.verdict).toEqual({ outcome: "warn", warnings: ["it blames itself"] });
    expect(results[0]?.decisive).toBe(3);
  });

  test("points at the defect that fails, though another was warned about before", async () => {
    const measure: Accept = (answer, { context }) => {
      if (answer.head?.status === 500) context.warn("it blames itself");
      else expectation.status(answer, 400);
    };
    const answers = (path: string) => reply(path === "/a" ? 500 : 200);
    const { results } = await run([refusing(["/a", "/b"], measure)], answers);
    expect(results[0]?.verdict).toMatchObject({ outcome: "fail", actual: "b: status 200" });
    expect(results[0]?.decisive).toBe(3);
  });

  test("may send what breaks the protocol as a defect, but not as the good request", async () => {
    const { of } = await run([refusing(["/broken"])], (path) => reply(path === "/good" ? 200 : 400));
    expect(of("t/refuse")).toEqual({ outcome: "pass" });
    const ill = refuse({ ...basics, id: "t/ill", control: () => get("/broken"), defects: [], accept: is400 });
    expect((await run([ill], () => reply(200))).of("t/ill")).toEqual({
      outcome: "error",
      message: "a request of this check breaks the protocol without being marked invalid: the path is broken",
    });
  });

  test("counts a dropped connection as no refusal", async () => {
    const { of } = await run([refusing(["/a"], () => {})], (path) =>
      reply(200, path === "/a" ? { fault: "drop" } : {}),
    );
    expect(of("t/refuse")).toEqual({
      outcome: "fail",
      expected: "an answer that refuses the request",
      actual: "no answer (closed): the connection was closed before an answer",
    });
  });

  test("decides nothing when the good request fails after a defect, and names the first such", async () => {
    let bad = 0;
    const { of } = await run([refusing(["/a", "/b"])], (path) => {
      if (path !== "/good") bad += 1;
      return reply(path === "/good" ? (bad === 0 ? 200 : 500 + bad) : 400);
    });
    expect(of("t/refuse")).toEqual({
      outcome: "inconclusive",
      reason: 'after "a" the good request failed: status 501',
    });
  });

  test("fails for what was accepted, though the good request failed after it too", async () => {
    let bad = false;
    const { of } = await run([refusing(["/a"])], (path) => {
      bad ||= path === "/a";
      return reply(path === "/good" && bad ? 500 : 200);
    });
    expect(of("t/refuse").outcome).toBe("fail");
  });

  test("is a bug of ours when the measure breaks", async () => {
    const breaks: Accept = () => {
      throw new TypeError("no such member");
    };
    const { of } = await run([refusing(["/a"], breaks)], () => reply(200));
    expect(of("t/refuse")).toEqual({ outcome: "error", message: "no such member" });
  });
});

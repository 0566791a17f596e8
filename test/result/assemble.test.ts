import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { assemble, problemsOf, serialize } from "../../src/result/index.ts";
import type { Exchange } from "../../src/transport/exchange.ts";
import { check, conformance, exchange, observations, options } from "./sample-run.ts";

function withChecks(checks: (typeof conformance.suites)[number]["checks"]) {
  const [suite] = conformance.suites;
  if (!suite) throw new Error("no suite");
  return { ...observations, conformance: { ...conformance, suites: [{ ...suite, checks }] } };
}

function failing(exchanges: readonly Exchange[], decisive: number) {
  return check("v2-rest/x", "X", { outcome: "fail", expected: "a", actual: "b" }, { exchanges, decisive });
}

function onlyCheck(exchanges: readonly Exchange[], decisive = 0) {
  const document = assemble(withChecks([failing(exchanges, decisive)]), options);
  const found = document.conformance?.suites[0]?.checks[0];
  if (!found) throw new Error("no check");
  return found;
}

describe("the document of a run", () => {
  test("follows the published schema", () => {
    expect(problemsOf(assemble(observations, options))).toEqual([]);
    expect(problemsOf(JSON.parse(serialize(assemble(observations, options))))).toEqual([]);
  });

  test("has the same bytes for the same observations, and differs in `run` alone when only the run differs", () => {
    const first = assemble(observations, options);
    const second = assemble(
      { ...observations, run: { ...observations.run, startedAt: "2026-03-03T00:00:00Z", durationMs: 1 } },
      options,
    );
    expect(serialize(assemble(observations, options))).toBe(serialize(first));
    expect(serialize({ ...second, run: first.run })).toBe(serialize(first));
  });

  test("is written in the order of the schema whatever the order in memory", () => {
    const document = assemble(observations, options);
    const reversed = Object.fromEntries(Object.entries(document).reverse()) as unknown as typeof document;
    expect(serialize(reversed)).toBe(serialize(document));
    expect(Object.keys(JSON.parse(serialize(document)) as object).slice(0, 3)).toEqual(["schema", "tool", "run"]);
  });

  test("keeps exchanges only of checks that did not simply pass, with the decisive one named", () => {
    const checks = assemble(observations, options).conformance?.suites[0]?.checks ?? [];
    expect(checks.filter((each) => each.exchanges).map((each) => each.outcome)).toEqual([
      "fail",
      "fail",
      "inconclusive",
      "warn",
    ]);
    expect(checks[1]?.exchanges?.[checks[1].decisive ?? -1]?.response?.status).toBe(500);
  });

  test("keeps at most five exchanges around the decisive one and says how many there were", () => {
    const many = Array.from({ length: 12 }, (_, i) => exchange(`/${i}`, "{}", "{}"));
    const kept = onlyCheck(many, 8);
    expect(kept.exchangeCount).toBe(12);
    expect(kept.exchanges?.map(({ request }) => request.path)).toEqual(["/5", "/6", "/7", "/8", "/9"]);
    expect(kept.exchanges?.[kept.decisive ?? -1]?.request.path).toBe("/8");
    expect(kept.repro?.curl).toContain("/8");
  });

  test("shortens bodies to 4096 bytes without cutting a character, and keeps size and digest of the whole", () => {
    const text = `x${"é".repeat(3000)}`;
    const body = onlyCheck([exchange("/", "{}", text)]).exchanges?.[0]?.response?.body;
    expect(body?.size).toBe(6001);
    expect(body?.truncated).toBe(true);
    expect(body?.text).toBe(text.slice(0, 2048));
    expect(body?.sha256).toBe(createHash("sha256").update(text).digest("hex"));
  });

  test("keeps bytes that are no readable text in base64", () => {
    const answer = new Uint8Array([0, 1, 254, 255]);
    const body = onlyCheck([exchange("/", "{}", answer)]).exchanges?.[0]?.response?.body;
    expect(body).toMatchObject({ size: 4, base64: "AAH+/w==", truncated: false });
    expect(body?.text).toBeUndefined();
  });

  test("tells of a failure with the part of the answer that had come", () => {
    const { head, ...rest } = exchange("/", "{}", "");
    const broken = onlyCheck([{ ...rest, events: [], failure: { code: "closed", message: "the connection ended" } }]);
    expect(head).toBeDefined();
    expect(broken.exchanges?.[0]).toMatchObject({ failure: { code: "closed" } });
    expect(broken.exchanges?.[0]?.response).toBeUndefined();
  });

  test("offers a replay where no command can repeat the request", () => {
    const malformed = exchange("/", "{}", "");
    const kept = onlyCheck([
      { ...malformed, request: { ...malformed.request, verbatim: true } as Exchange["request"] },
    ]);
    expect(kept.repro).toEqual({ replay: "infermark replay result.json v2-rest/x" });
  });

  test("holds no secret: not in the command line, in headers, in addresses, or echoed in a body", () => {
    const base = exchange("/", "{}", 'you said "hunter2"', 200, [
      ["set-cookie", "sid=hunter3"],
      ["X-Session", "hunter4"],
    ]);
    const leaky = {
      ...base,
      request: { ...base.request, headers: [["Authorization", "Bearer hunter2"]] } as Exchange["request"],
    };
    const run = {
      ...observations.run,
      argv: [
        "infermark",
        "--token=hunter5",
        "--header",
        "Authorization: Bearer hunter6",
        "--password",
        "hunter7",
        "--rest",
        "http://u:hunter8@h/",
      ],
    };
    const target = { ...observations.target, rest: "http://user:hunter9@127.0.0.1:8080" };
    const document = assemble(
      { ...withChecks([failing([leaky], 0)]), run, target },
      { ...options, secretHeaders: ["x-session"], secrets: ["hunter2"] },
    );
    expect(serialize(document)).not.toContain("hunter");
    expect(document.run.argv).toEqual([
      "infermark",
      "--token=[redacted]",
      "--header",
      "Authorization: Bearer [redacted]",
      "--password",
      "[redacted]",
      "--rest",
      "http://h/",
    ]);
    expect(document.targets[0]?.rest).toBe("http://127.0.0.1:8080");
    expect(problemsOf(document)).toEqual([]);
  });

  test("takes names that a peer chose as values, however odd", () => {
    const odd = ["__proto__", "constructor", "<script>", "a\u0000b", "\ud800"];
    const models = odd.map((name) => ({
      name,
      versions: [name],
      inputs: [{ name, datatype: name, shape: [1] }],
      outputs: [],
      fixture: false,
      foundBy: [],
    }));
    const target = { ...observations.target, info: { ...observations.target.info, models } };
    const document = JSON.parse(serialize(assemble({ ...observations, target }, options))) as ReturnType<
      typeof assemble
    >;
    expect(document.targets[0]?.models.map((model) => model.name)).toEqual(odd);
  });
});

describe("the validator", () => {
  test("names the place and the fault", () => {
    const document = JSON.parse(serialize(assemble(observations, options))) as Record<string, unknown>;
    expect(problemsOf({ ...document, surplus: 1 })).toEqual(['the document has the unknown member "surplus"']);
    expect(problemsOf({ ...document, tool: { name: "x" } })).toEqual(['/tool lacks "version"']);
    expect(problemsOf({ ...document, schema: "infermark/result.v9" })).toEqual([
      '/schema is not "infermark/result.v1"',
    ]);
    expect(problemsOf({ ...document, partial: "no" })).toEqual(["/partial must be boolean"]);
    expect(problemsOf(null)).toEqual(["the document must be object"]);
  });
});

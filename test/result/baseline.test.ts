import { describe, expect, test } from "vitest";
import { assemble, baselineFor, judgeBaseline, parseBaseline } from "../../src/result/index.ts";
import { observations, options } from "./sample-run.ts";

const refused = (text: string) => {
  try {
    parseBaseline(text);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "accepted";
};

describe("known-failing.yaml", () => {
  test("is a list of entries that know their line", () => {
    const text =
      "# why we live with these\n- check: v2-rest/a\n  reason: slow disk\n\n- check: v2-rest/b\n  reason: 'no'\n  issue: https://tracker.example.com/1\n  owner: serving\n  expires: 2030-01-31\n";
    expect(parseBaseline(text).entries).toStrictEqual([
      { line: 2, check: "v2-rest/a", reason: "slow disk" },
      {
        line: 5,
        check: "v2-rest/b",
        reason: "no",
        issue: "https://tracker.example.com/1",
        owner: "serving",
        expires: "2030-01-31",
      },
    ]);
  });

  test.each(["", "# nothing\n", "[]\n"])("may be empty: %j", (text) => {
    expect(parseBaseline(text).entries).toEqual([]);
  });

  test.each([
    ["check: a\n", "known-failing.yaml:1: not a list"],
    ["some words\n", "known-failing.yaml:1: not a list"],
    ["- check: a\n  ? [reason]\n  : r\n", 'known-failing.yaml:2: unknown field ""'],
    ["- check: a\n  reason: ''\n", 'known-failing.yaml:2: "reason" is not text'],
    [
      "- {check: a, reason: r, expires: on 2030-01-31}\n",
      'known-failing.yaml:1: expires "on 2030-01-31" is not a day such as 2030-01-31',
    ],
    [
      "- {check: a, reason: r, expires: 2030-01-31 or so}\n",
      'known-failing.yaml:1: expires "2030-01-31 or so" is not a day such as 2030-01-31',
    ],
    ["- v2-rest/a\n", "known-failing.yaml:1: not an entry with check and reason"],
    ["- check: a\n", "known-failing.yaml:1: the entry for a gives no reason"],
    ["\n- reason: a\n", "known-failing.yaml:2: the entry has no check"],
    ["- check: a\n  reason: r\n  note: x\n", 'known-failing.yaml:3: unknown field "note"'],
    ["- check: a\n  reason:\n", 'known-failing.yaml:2: "reason" is not text'],
    ["- check: a\n  reason: [x]\n", 'known-failing.yaml:2: "reason" is not text'],
    ["- {check: a, reason: r}\n- {check: a, reason: s}\n", "known-failing.yaml:2: a is already named in line 1"],
    [
      "- {check: a, reason: r, expires: tomorrow}\n",
      'known-failing.yaml:1: expires "tomorrow" is not a day such as 2030-01-31',
    ],
    [
      "- {check: a, reason: r, expires: 2030-02-30}\n",
      'known-failing.yaml:1: expires "2030-02-30" is not a day such as 2030-01-31',
    ],
  ])("is refused with its line: %j", (text, message) => {
    expect(refused(text)).toBe(message);
  });

  test("that is no YAML is refused with its line", () => {
    expect(refused("- check: a\n  reason: 'x\n")).toMatch(/^known-failing\.yaml:\d+: /);
  });
});

describe("an entry", () => {
  const judge = (name: string, expires?: string) => {
    const document = assemble(observations, options);
    const entries = [{ line: 1, check: name, reason: "r", ...(expires !== undefined && { expires }) }];
    return judgeBaseline({ file: "f", entries }, document, observations.registry).entries[0];
  };

  test.each([
    ["whose check fails is known", "v2-rest/infer-echoes-id", undefined, "known", undefined],
    ["whose check warns is known", "v2-rest/infer-unknown-model-is-404", undefined, "known", undefined],
    ["whose check passes is stale", "v2-rest/metadata-0", undefined, "stale", "the check now passes"],
    ["counts through its last day", "v2-rest/infer-echoes-id", "2026-03-02", "known", undefined],
    ["is stale the day after", "v2-rest/infer-echoes-id", "2026-03-01", "stale", "expired on 2026-03-01"],
    [
      "of a retired check names the successor",
      "v2-rest/old-name",
      undefined,
      "stale",
      "retired: split in two; see v2-rest/infer-echoes-id",
    ],
    [
      "of a skipped check is not exercised",
      "v2-rest/infer-fp16",
      undefined,
      "not-exercised",
      "skip: no model with FP16 inputs",
    ],
    [
      "of an inconclusive check is not exercised",
      "v2-rest/binary-output-size",
      undefined,
      "not-exercised",
      "inconclusive: the target answered 429 to all of 3 attempts",
    ],
    [
      "of a check that was not selected is not exercised",
      "v2-rest/not-selected",
      undefined,
      "not-exercised",
      "the check was not selected",
    ],
    ["of no check is stale", "v2-rest/tpyo", undefined, "stale", "no such check"],
  ])("%s", (_name, id, expires, status, note) => {
    expect(judge(id, expires)).toEqual({
      line: 1,
      check: id,
      reason: "r",
      ...(expires !== undefined && { expires }),
      status,
      ...(note !== undefined && { note }),
    });
  });

  test("of a retired check without a successor says why alone", () => {
    const registry = [{ id: "s", clauses: {}, checks: [], retired: { "s/old": { why: "it judged nothing" } } }];
    const baseline = { file: "f", entries: [{ line: 3, check: "s/old", reason: "r" }] };
    expect(judgeBaseline(baseline, assemble(observations, options), registry)).toEqual({
      file: "f",
      entries: [{ line: 3, check: "s/old", reason: "r", status: "stale", note: "retired: it judged nothing" }],
    });
  });

  test("is looked for in every suite that exists", () => {
    const suite = { id: "s", clauses: {}, checks: [], retired: {} };
    const registry = [
      suite,
      { ...suite, checks: [{ id: "t/new" }], retired: { "t/old": { successor: "t/new", why: "renamed" } } },
      suite,
    ];
    const entries = ["t/new", "t/old"].map((check, i) => ({ line: i + 1, check, reason: "r" }));
    expect(judgeBaseline({ file: "f", entries }, assemble(observations, options), registry).entries).toMatchObject([
      { status: "not-exercised", note: "the check was not selected" },
      { status: "stale", note: "retired: renamed; see t/new" },
    ]);
  });

  test("of a run without checks is not exercised, or stale where there is no such check", () => {
    const { conformance: _, ...document } = assemble(observations, options);
    const entries = ["v2-rest/infer-echoes-id", "v2-rest/tpyo"].map((check, i) => ({
      line: i + 1,
      check,
      reason: "r",
    }));
    expect(judgeBaseline({ file: "f", entries }, document, observations.registry).entries).toMatchObject([
      { status: "not-exercised", note: "the check was not selected" },
      { status: "stale", note: "no such check" },
    ]);
  });
});

describe("the written baseline", () => {
  const document = assemble(observations, options);
  const { registry } = observations;
  const written = (previous?: string) =>
    baselineFor(document, registry, previous === undefined ? undefined : parseBaseline(previous));
  const FAILURES = ["v2-rest/infer-echoes-id", "v2-rest/error-has-error-member", "v2-grpc/short-contents-refused"];

  test("holds each failure once, is read back and makes them known", () => {
    const { text, added } = written();
    const entries = parseBaseline(text).entries;
    expect(entries.map(({ check }) => check)).toEqual(FAILURES);
    expect(added).toEqual(FAILURES);
    expect(entries[0]?.reason).toBe('expected "42", got no id');
    expect(judgeBaseline(parseBaseline(text), document, []).entries.map(({ status }) => status)).toEqual([
      "known",
      "known",
      "known",
    ]);
  });

  test("keeps what the existing one says of entries that hold, its comments too, and drops what is stale", () => {
    const previous = [
      "# Why we live with these.",
      "",
      "- check: v2-rest/metadata-3",
      "  reason: fixed long ago",
      "# a slow disk",
      "- check: v2-rest/infer-echoes-id",
      "  reason: >-",
      "    kept",
      "  issue: https://tracker.example.com/1",
      "  owner: me",
      "  expires: 2030-01-31",
      "- check: v2-rest/not-selected",
      "  reason: not exercised",
      "- check: v2-rest/tpyo",
      "  reason: no such check",
      "",
    ].join("\n");
    const { text, added, kept, removed } = written(previous);
    expect(text).toContain("# Why we live with these.\n");
    expect(text).toContain("# a slow disk\n- check: v2-rest/infer-echoes-id\n  reason: >-\n    kept\n");
    expect(parseBaseline(text).entries.map(({ check }) => check)).toEqual([
      "v2-rest/infer-echoes-id",
      "v2-rest/not-selected",
      "v2-rest/error-has-error-member",
      "v2-grpc/short-contents-refused",
    ]);
    expect(parseBaseline(text).entries[0]).toMatchObject({ reason: "kept", owner: "me", expires: "2030-01-31" });
    expect(added).toEqual(FAILURES.slice(1));
    expect(kept.map(({ status }) => status)).toEqual(["known", "not-exercised"]);
    expect(removed.map(({ check, note }) => `${check}: ${note}`)).toEqual([
      "v2-rest/metadata-3: the check now passes",
      "v2-rest/tpyo: no such check",
    ]);
  });

  test("keeps an expired entry whose check still fails: to renew it is for its owner", () => {
    const { text } = written("- {check: v2-rest/infer-echoes-id, reason: kept, expires: 2020-01-01}\n");
    expect(parseBaseline(text).entries[0]).toMatchObject({ reason: "kept", expires: "2020-01-01" });
  });

  test("moves the entry of a retired check to its successor", () => {
    const { text, added } = written("- {check: v2-rest/old-name, reason: kept, owner: me}\n");
    expect(parseBaseline(text).entries[0]).toMatchObject({
      check: "v2-rest/infer-echoes-id",
      reason: "kept",
      owner: "me",
    });
    expect(added).not.toContain("v2-rest/infer-echoes-id");
  });

  test("of a run without failures is an empty list", () => {
    const { text } = baselineFor(
      { run: document.run },
      registry,
      parseBaseline("- {check: v2-rest/tpyo, reason: r}\n"),
    );
    expect(text).toBe("[]\n");
    expect(parseBaseline(text).entries).toEqual([]);
  });
});

test("a new entry says what was expected and what came", () => {
  const written = parseBaseline(baselineFor(assemble(observations, options)).text);
  expect(written.entries.map(({ reason }) => reason)).toEqual(
    written.entries.map(() => expect.stringMatching(/^expected .+, got .+/)),
  );
});

test("the name of the file is told where an entry is refused, and the form that it has", () => {
  expect(() => parseBaseline("check: a", "mine.yaml")).toThrow(
    expect.objectContaining({
      code: "USAGE",
      message: "mine.yaml:1: not a list",
      hint: "the file is a list of entries with check and reason, and optionally issue, owner and expires",
    }),
  );
});

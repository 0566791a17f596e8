import { describe, expect, test } from "vitest";
import { type Check, checksOf, expect as expectation, type RunOptions, runConformance, type Suite } from "#kit";
import { createWorld, type HttpReply, inProcess } from "../../src/reference/index.ts";
import type { HttpRequest, SendOptions, Transport } from "../../src/transport/index.ts";
import { hurriedClock, referenceInfo } from "../laws/lab.ts";

const { observe, census } = checksOf<"C-1">();
const get = (path: string): HttpRequest => ({ protocol: "http", method: "GET", path, headers: [] });
const basics = { title: "It is so", clause: "C-1", kills: [] } as const;

const answers200 = (slug: string) =>
  observe({
    ...basics,
    id: `t/${slug}`,
    run: async (context) => expectation.status(await context.send(get(`/${slug}`)), 200),
  });

function suiteOf(checks: readonly Check[]): Suite {
  return {
    id: "t",
    title: "t",
    transport: "rest",
    specifications: [],
    features: {},
    clauses: {
      "C-1": { id: "C-1", level: "must", basis: "keyword", says: "s", source: { document: "d", section: "s" } },
    },
    checks,
    retired: {},
    endpointOf: () => "any",
    succeeded: ({ head }) => head?.status === 200,
    alive: () => get("/alive"),
  };
}

/** Runs checks against a server that answers the nth request for a path with the nth of its statuses, the last one for ever. */
async function run(
  checks: readonly Check[],
  statuses: Readonly<Record<string, readonly number[]>>,
  options: Partial<RunOptions> = {},
) {
  const counts = new Map<string, number>();
  const sent: { path: string; options: SendOptions }[] = [];
  const handler = async ({ path }: { readonly path: string }): Promise<HttpReply> => {
    const nth = counts.get(path) ?? 0;
    counts.set(path, nth + 1);
    const own = statuses[path] ?? [200];
    return { protocol: "http", status: own[nth] ?? own.at(-1) ?? 200, headers: [], body: new Uint8Array(0) };
  };
  const inner = inProcess({ handlers: [handler], world: createWorld({ models: new Map() }) });
  const transport: Transport = {
    send: (request, sending) => {
      sent.push({ path: request.path, options: sending });
      return inner.send(request, sending);
    },
    close: () => inner.close(),
  };
  const result = await runConformance([{ suite: suiteOf(checks), checks, named: true }], [], {
    transport,
    info: referenceInfo(),
    seed: 1,
    clock: hurriedClock,
    limits: { requestMs: 100, recoveryMs: 0, concurrency: 4 },
    ...options,
  });
  const of = (id: string) => result.suites[0]?.checks.find(({ check }) => check === id);
  return { result, sent, of };
}

describe("a failed check that is run again", () => {
  test("keeps its verdict, and tells each outcome", async () => {
    const { of } = await run(
      [answers200("always"), answers200("flaky"), answers200("good")],
      { "/always": [500], "/flaky": [500, 200, 500, 200] },
      { rerunFailures: 4 },
    );
    expect(of("t/always")?.reruns).toEqual(["fail", "fail", "fail", "fail"]);
    expect(of("t/flaky")?.verdict.outcome).toBe("fail");
    expect(of("t/flaky")?.reruns).toEqual(["pass", "fail", "pass", "pass"]);
    expect(of("t/good")?.reruns).toBeUndefined();
  });

  test("is run after all others, one request at a time, each on a connection of its own and under a name of its own", async () => {
    const { sent } = await run([answers200("bad"), answers200("good")], { "/bad": [500] }, { rerunFailures: 2 });
    expect(sent.slice(2).map(({ path, options: { connection, origin } }) => [path, connection, origin])).toEqual([
      ["/bad", "fresh", "t/bad rerun 1"],
      ["/bad", "fresh", "t/bad rerun 2"],
    ]);
    expect(sent.slice(0, 2).every(({ options: { connection } }) => connection === undefined)).toBe(true);
  });

  test("is not run again unless that is asked for", async () => {
    const { of, sent } = await run([answers200("bad")], { "/bad": [500] });
    expect(of("t/bad")?.reruns).toBeUndefined();
    expect(sent.length).toBe(1);
  });

  test("when it is a census, judges what the checks see that showed the violation", async () => {
    const noOdd = census({
      ...basics,
      id: "t/no-odd-status",
      prompt: async (context) => {
        await context.send(get("/prompt"));
      },
      over: ({ observed }) => observed,
      judge: ({ exchange }) => expectation.status(exchange, 200, 500),
    });
    const odd = observe({
      ...basics,
      id: "t/odd",
      run: async (context) => {
        await context.send(get("/odd"));
      },
    });
    const { of, sent } = await run(
      [odd, answers200("other"), noOdd],
      { "/odd": [418, 418, 200] },
      { rerunFailures: 2 },
    );
    expect(of("t/no-odd-status")?.reruns).toEqual(["fail", "pass"]);
    expect(sent.map(({ path }) => path).filter((path) => path !== "/odd")).toEqual(["/other"]);
  });

  test("is left out once the run was interrupted", async () => {
    const controller = new AbortController();
    const { result, of } = await run(
      [answers200("bad")],
      { "/bad": [500] },
      {
        rerunFailures: 3,
        signal: controller.signal,
        onRerun: (_, nth) => {
          if (nth === 2) controller.abort();
        },
      },
    );
    expect(of("t/bad")?.reruns).toEqual(["fail"]);
    expect(result).toMatchObject({ partial: true, endedEarly: "interrupted" });
  });
});

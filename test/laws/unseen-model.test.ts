import { expect, test } from "vitest";
import { killOf, probeTarget, runSuite } from "#kit";
import { createWorld, inProcess, type ReferenceModel } from "../../src/reference/index.ts";
import { v2Rest } from "../../suites/v2-rest/index.ts";
import { hurriedClock } from "./hurried-clock.ts";
import { certify } from "./small-server.ts";

/** Nothing about it is a fixture's: names, datatypes, variable dimensions, outputs of other shapes than the inputs. */
const unseen: ReferenceModel = {
  name: "Späti-Ranker v2 (beta)",
  platform: "in_house",
  versions: ["2024-05"],
  inputs: [
    { name: "image size (px)", datatype: "INT32", shape: [-1, 2] },
    { name: "étiquettes/0", datatype: "BYTES", shape: [-1, -1] },
  ],
  outputs: [
    { name: "area", datatype: "INT64", shape: [-1] },
    { name: "tags", datatype: "BYTES", shape: [-1, -1] },
  ],
  infer: async ({ inputs }) => {
    const [size, tags] = ["image size (px)", "étiquettes/0"].map((name) => inputs.find((input) => input.name === name));
    if (!size || !tags) throw new Error("the protocol's handler lets no request through that lacks an input");
    const rows = size.shape[0] as number;
    const area = Array.from({ length: rows }, (_, row) =>
      BigInt(Number(size.values[row * 2]) * Number(size.values[row * 2 + 1])),
    );
    return [
      { name: "area", datatype: "INT64", shape: [rows], values: area },
      { ...tags, name: "tags" },
    ];
  },
};

test("--rest and --model alone exercise at least 70 % of the clauses on a model never seen before", async () => {
  const { found } = await certify({ model: unseen, protocol: "rest", handlers: [v2Rest.reference] });
  const results = found.suites.flatMap(({ suite, checks }) => (suite === "v2-rest" ? checks : []));
  expect(results.filter(({ verdict }) => verdict.outcome === "fail" || verdict.outcome === "error")).toEqual([]);
  const checked = new Set(v2Rest.suite.checks.map(({ clause }) => clause));
  const judged = new Set(
    results.filter(({ verdict }) => ["pass", "warn", "fail"].includes(verdict.outcome)).map(({ clause }) => clause.id),
  );
  const missed = [...checked].filter((clause) => !judged.has(clause));
  const share = judged.size / checked.size;
  console.log(`${judged.size} of ${checked.size} clauses (${(100 * share).toFixed(1)} %); not: ${missed.join(", ")}`);
  expect(share).toBeGreaterThanOrEqual(0.7);
});

/** No fixture either, with tensors whose names the faults know. */
const stranger: ReferenceModel = {
  name: "stranger",
  platform: "in_house",
  versions: ["1"],
  inputs: ["INPUT0", "INPUT1"].map((name) => ({ name, datatype: "INT32", shape: [-1, -1] })),
  outputs: ["OUTPUT0", "OUTPUT1"].map((name) => ({ name, datatype: "INT32", shape: [-1, -1] })),
  infer: async ({ inputs }) => inputs.map((tensor, index) => ({ ...tensor, name: `OUTPUT${index}` })),
};

/** Checks that have a fixture of their own and do without it. */
const WITHOUT_FIXTURE = [
  "requested-output-is-returned",
  "only-requested-outputs-are-returned",
  "all-outputs-are-returned-by-default",
  "empty-list-of-outputs-does-no-harm",
  "unknown-output-is-refused",
  "requested-output-needs-a-name",
  "inputs-bind-by-name",
  "missing-input-is-refused",
  "unknown-input-stands-for-nothing",
  "empty-inputs-invent-nothing",
  "infer-refuses-wrong-element-count",
  "dimensions-are-unsigned-integers",
  "ragged-data-does-no-harm",
  "null-is-no-element",
  "nested-data-is-accepted",
  "flat-data-is-accepted",
  "nested-and-flat-data-mean-the-same",
  "id-is-a-top-level-member",
  "output-asked-for-twice-does-no-harm",
  "input-given-twice-does-no-harm",
].flatMap((slug) => {
  const check = v2Rest.suite.checks.find(({ id }) => id === `v2-rest/${slug}`);
  if (!check) throw new Error(`there is no check ${slug}`);
  return check.kills.map((kill) => [slug, killOf(kill).mutant, check] as const);
});

test.each(WITHOUT_FIXTURE)("%s finds %s without its fixture", async (_, id, check) => {
  const mutant = v2Rest.mutants.find((each) => each.id === id);
  if (!mutant) throw new Error(`there is no fault ${id}`);
  const world = createWorld({ models: new Map([[stranger.name, stranger]]), extensions: [] });
  const info = await probeTarget(inProcess({ handlers: [v2Rest.reference], world }), {
    rest: true,
    grpc: false,
    models: [stranger.name],
    fixtures: true,
    deadlineMs: 1_000,
    clock: hurriedClock,
  });
  const { results } = await runSuite(v2Rest.suite, [check], {
    transport: inProcess({ handlers: [mutant.apply(v2Rest.reference)], world }),
    info,
    seed: 1,
    clock: hurriedClock,
    limits: { requestMs: 1_000, recoveryMs: 0, concurrency: 8 },
  });
  expect(["fail", "warn"], JSON.stringify(results[0]?.verdict)).toContain(results[0]?.verdict.outcome);
});

import { expect, test } from "vitest";
import type { ReferenceModel } from "../../src/reference/index.ts";
import { v2Rest } from "../../suites/v2-rest/index.ts";
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
  if (process.env["WHY"])
    for (const r of results)
      if (r.verdict.outcome === "skip" || r.verdict.outcome === "inconclusive")
        console.log(r.check, r.clause.id, r.verdict.outcome, r.verdict.reason);
  expect(share).toBeGreaterThanOrEqual(0.7);
});

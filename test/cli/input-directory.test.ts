import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { samplesIn } from "../../src/cli/target.ts";
import { encodeRequests } from "../../src/load/index.ts";
import { suites } from "../../suites/index.ts";
import { scratchFolder } from "./run-cli.ts";

/** A directory with a request in each file: `1.json` carries the value 1. */
function directoryOf(values: readonly number[]): string {
  const folder = join(scratchFolder(), "requests");
  mkdirSync(folder);
  for (const value of values) {
    const input = { name: "x", datatype: "FP32", shape: [1, 1], data: [value] };
    writeFileSync(join(folder, `${value}.json`), JSON.stringify({ inputs: [input] }));
  }
  writeFileSync(join(folder, "notes.txt"), "no request");
  return folder;
}

const model = { name: "m", versions: [], outputs: [], fixture: false, foundBy: [] };
const inputs = [{ name: "x", datatype: "FP32", shape: [-1, 1] }];

test.each(["v1-rest", "v2-rest"])("load over %s sends the requests of a directory in turn", (id) => {
  const samples = samplesIn(directoryOf([3, 1, 2]));
  const workload = suites.find(({ suite }) => suite.id === id)?.workloads[0];
  const requests = encodeRequests(workload as never, { model: { ...model, inputs, ...samples }, batch: 1, seed: 1 });
  expect(requests.length % 3).toBe(0);
  const values = requests.map(({ body }) => {
    const sent = JSON.parse(Buffer.from(body).toString()) as {
      readonly instances?: readonly unknown[];
      readonly inputs?: readonly { readonly data: readonly unknown[] }[];
    };
    return (sent.instances ?? sent.inputs?.[0]?.data ?? []).flat()[0];
  });
  expect(values).toEqual(requests.map((_, index) => (index % 3) + 1));
});

test("all requests of a large directory are sent", () => {
  const values = Array.from({ length: 150 }, (_, index) => 1000 + index);
  const samples = samplesIn(directoryOf(values));
  const workload = suites.find(({ suite }) => suite.id === "v2-rest")?.workloads[0];
  expect(
    encodeRequests(workload as never, { model: { ...model, inputs, ...samples }, batch: 1, seed: 1 }),
  ).toHaveLength(150);
});

test("one file is one request, and no file none", () => {
  const folder = directoryOf([5]);
  expect(samplesIn(folder)).toEqual(samplesIn(join(folder, "5.json")));
  expect(() => samplesIn(directoryOf([]))).toThrow("has no .json file");
});

test("a wrong file is named", () => {
  const folder = directoryOf([5]);
  writeFileSync(join(folder, "6.json"), "{}");
  expect(() => samplesIn(folder)).toThrow("6.json: the input file cannot be used");
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { REPORT_FORMATS } from "../src/cli/report-formats.ts";
import { ALL_OPTIONS } from "../src/cli/settings.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const page = read("docs/ci.md");
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);

interface Action {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}
const action = parse(read("action.yml")) as Action;

test("the table has every format", () => {
  const named = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(REPORT_FORMATS));
});

test("the examples are YAML, and name inputs and outputs that the action has", () => {
  expect(blocks).toHaveLength(2);
  const [workflow] = blocks.map((text) => parse(text) as unknown) as [
    { jobs: Record<string, { steps: { uses?: string; with?: Record<string, string> }[] }> },
  ];
  const step = workflow.jobs["conformance"]?.steps.find(({ uses }) => uses === "./infermark");
  for (const input of Object.keys(step?.with ?? {})) expect(Object.keys(action.inputs)).toContain(input);
  for (const [, output] of page.matchAll(/steps\.infermark\.outputs\.([\w-]+)/g))
    expect(Object.keys(action.outputs)).toContain(output);
});

test("every option in the examples exists", () => {
  const options = [...ALL_OPTIONS.map(({ name }) => `--${name}`), "--format", "--out", "--against", "--link", "--id"];
  const ofOthers = ["--detach", "--data-binary", "--method", "--field", "--paginate", "--jq"];
  const used = [...page.matchAll(/(?<=[\s`'"])--[a-z][a-z-]+/g)].map(([option]) => option);
  expect(used.length).toBeGreaterThan(15);
  expect([...new Set(used)].filter((option) => ![...options, ...ofOthers].includes(option))).toEqual([]);
});

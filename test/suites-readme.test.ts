import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configSchema } from "../bin/config-schema.ts";
import { publishedResults } from "../bin/gallery/published.ts";
import { runtimeBehaviour } from "../bin/runtime-behaviour.ts";
import { suiteReadme, withSuiteTable } from "../bin/suite-readme.ts";
import { suites } from "../suites/index.ts";

test.each(suites.map((entry) => [entry.suite.id, entry] as const))(
  "the matrix of %s is up to date (npm run generate)",
  (id, entry) => {
    expect(readFileSync(new URL(`../suites/${id}/README.md`, import.meta.url), "utf8")).toBe(suiteReadme(entry));
  },
);

test("the table of suites in README.md is up to date (npm run generate)", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toBe(withSuiteTable(readme, suites));
});

test("what explain tells of published runtimes is up to date (npm run generate)", () => {
  expect(readFileSync(new URL("../reports/runtimes/behaviour.json", import.meta.url), "utf8")).toBe(
    runtimeBehaviour(publishedResults()),
  );
});

test("the published schema of infermark.yaml is up to date (npm run generate)", () => {
  expect(readFileSync(new URL("../reports/schema/infermark.config.schema.json", import.meta.url), "utf8")).toBe(
    configSchema(),
  );
});

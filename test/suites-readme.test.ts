import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { suiteReadme } from "../bin/suite-readme.ts";
import { suites } from "../suites/index.ts";

test.each(suites.map((entry) => [entry.suite.id, entry] as const))(
  "the matrix of %s is up to date (npm run generate)",
  (id, entry) => {
    expect(readFileSync(new URL(`../suites/${id}/README.md`, import.meta.url), "utf8")).toBe(suiteReadme(entry));
  },
);

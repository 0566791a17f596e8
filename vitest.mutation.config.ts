import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The tests of the code that reaches verdicts: those that mutation testing runs, many times. Fewer of them, named in the environment, are faster. */
const tests = process.env["MUTATION_TESTS"]?.split(",") ?? [
  "test/conformance/**/*.test.ts",
  "test/result/{gate,baseline,thresholds}.test.ts",
];
const config = mergeConfig(base, defineConfig({}));
config.test.include = tests;
config.test.projects = undefined;

export default config;

import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The tests of the code that reaches verdicts: those that mutation testing runs, many times. */
const config = mergeConfig(base, defineConfig({}));
config.test.include = ["test/conformance/**/*.test.ts", "test/result/{gate,baseline,thresholds}.test.ts"];

export default config;

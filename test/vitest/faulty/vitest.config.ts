import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

/** For the file beside it alone: its tests fail and skip on purpose. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, projects: undefined } },
  defineConfig({ root: import.meta.dirname, test: { include: ["faulty-runtime.ts"] } }),
);

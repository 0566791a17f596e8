import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that open nothing share a process and its modules, which saves loading them anew for each file. */
const SMALL = ["conformance", "protos", "reference", "report", "result", "statistics", "target", "telemetry"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

const conditions = ["source", "node", "import"];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  resolve: { conditions },
  test: {
    globalSetup: [fileURLToPath(new URL("bin/build.js", import.meta.url))],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: "small", include: SMALL, isolate: false } },
      { extends: true, test: { name: "large", include: ["test/**/*.test.ts"], exclude: [...SMALL, "test/pages/**"] } },
    ],
  },
});

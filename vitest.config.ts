import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["source", "node", "import"], externalConditions: ["source", "node", "import"] } },
  resolve: { conditions: ["source", "node", "import"] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: [fileURLToPath(new URL("bin/build.js", import.meta.url))],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // Files share a process and its modules: loading them anew for each took half of the time.
    isolate: false,
  },
});

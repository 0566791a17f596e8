import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["source", "node", "import"], externalConditions: ["source", "node", "import"] } },
  resolve: { conditions: ["source", "node", "import"] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["bin/build.js"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});

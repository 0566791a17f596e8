import { afterAll } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import { describeSuite } from "../../src/vitest/index.ts";
import { suites } from "../../suites/index.ts";

const running = startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e8 });
afterAll(async () => (await running).close());

// The suite as a vendor would use it: its checks are tests of this file.
for (const { suite } of suites.filter((entry) => entry.suite.id === "v1-rest")) {
  describeSuite(suite, {
    target: async () => {
      const { restUrl = "" } = await running;
      return { rest: restUrl };
    },
  });
}

import { expect, test } from "vitest";
import { configSchema } from "../../bin/config-schema.ts";
import { assetText } from "../../src/base/assets.ts";

test("the published schema of infermark.yaml is the one that the options give; `npm run generate` renews it", () => {
  expect(JSON.parse(assetText("#reports/schema/infermark.config.schema.json"))).toEqual(JSON.parse(configSchema()));
});

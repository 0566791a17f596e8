import { readFileSync } from "node:fs";
import { expect, expectTypeOf, test } from "vitest";
import { documentTypes } from "../../bin/generate.ts";
import { assetJson } from "../../src/base/assets.ts";
import type { LoadPoint as MeasuredPoint } from "../../src/load/load-point.ts";
import type { LoadPoint } from "../../src/result/index.ts";

test("the committed types are those that the schema generates; `npm run generate` renews them", async () => {
  const committed = readFileSync(new URL("../../src/result/document.gen.ts", import.meta.url), "utf8");
  expect(await documentTypes()).toBe(committed);
});

interface Node {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

test("every member of the schema says what it means, and only the load plan is open", () => {
  const schema = assetJson("#reports/schema/result.v1.schema.json") as Node & { $defs: Record<string, Node> };
  const open: string[] = [];
  for (const [name, node] of [["", schema] as const, ...Object.entries(schema.$defs)]) {
    expect(node.description, name).toBeTruthy();
    if (node.additionalProperties !== false) open.push(name);
    for (const [member, child] of Object.entries(node.properties ?? {})) {
      expect(child.description ?? child.$ref, `${name}.${member}`).toBeTruthy();
    }
  }
  expect(open).toEqual(["loadPlan"]);
});

test("a measured load point is a load point of the document as it stands", () => {
  expectTypeOf<MeasuredPoint>().toExtend<LoadPoint>();
});

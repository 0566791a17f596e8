import { assetJson } from "../base/assets.ts";
import type { ResultDocument } from "./document.gen.ts";

interface SchemaNode {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

type Schema = SchemaNode & { readonly $defs: Readonly<Record<string, SchemaNode>> };

/** The text of a result document: members in the order of the schema, so that equal documents have equal bytes. Ends in a line break. */
export function serialize(document: ResultDocument): string {
  schema ??= assetJson("#reports/schema/result.v1.schema.json") as Schema;
  return `${JSON.stringify(ordered(document, schema, schema), null, 2)}\n`;
}

let schema: Schema | undefined;

function ordered(value: unknown, node: SchemaNode | undefined, root: Schema): unknown {
  if (typeof value !== "object" || value === null) return value;
  const resolved = node?.$ref === undefined ? node : root.$defs[node.$ref.replace("#/$defs/", "")];
  if (Array.isArray(value)) return value.map((item) => ordered(item, resolved?.items, root));
  const properties = resolved?.properties ?? {};
  const declared = Object.keys(properties).filter((key) => Object.hasOwn(value, key));
  const others = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  const member = (key: string) => (value as Record<string, unknown>)[key];
  return Object.fromEntries(
    [...declared, ...others.sort()].map((key) => [key, ordered(member(key), properties[key], root)]),
  );
}

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { documentValidator } from "../../src/result/validator.ts";
import { documentOf } from "../report/hostile-document.ts";

const built = new URL("../../dist/src/result/", import.meta.url);

test("what the build compiled of the schema says the same as the schema, whatever is wrong with a document", async () => {
  expect(existsSync(new URL("validator.cjs", built))).toBe(true);
  const module = (await import(new URL("validator.js", built).href)) as { documentValidator: typeof documentValidator };
  const [compiled, fresh] = [module.documentValidator(), documentValidator()];
  const document = shortened(documentOf("plain")) as object;
  expect([compiled(document), fresh(document)]).toEqual([true, true]);
  let wrong = 0;
  for (const damaged of damagesOf(document)) {
    expect(compiled(damaged)).toBe(fresh(damaged));
    expect(JSON.stringify(compiled.errors)).toBe(JSON.stringify(fresh.errors));
    if (compiled.errors) wrong++;
  }
  expect(wrong).toBeGreaterThan(300);
});

/** Lists with their first item alone. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]));
}

/** The document with one thing wrong: at each member of it, left out, of another type, or one too many. */
function* damagesOf(document: object): Generator<object> {
  for (const path of pathsOf(document)) {
    for (const damage of [remove, retype, extend]) {
      const copy = structuredClone(document);
      const owner = path.slice(0, -1).reduce<unknown>((value, key) => (value as Members)[key], copy) as Members;
      damage(owner, path.at(-1) as string);
      yield copy;
    }
  }
}

type Members = Record<string, unknown>;

const remove = (owner: Members, key: string) => {
  delete owner[key];
};
const retype = (owner: Members, key: string) => {
  owner[key] = typeof owner[key] === "string" ? 7 : "?";
};
const extend = (owner: Members, key: string) => {
  owner[`${key}?`] = true;
};

function pathsOf(value: unknown): readonly string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[key], ...pathsOf(member).map((rest) => [key, ...rest])]);
}

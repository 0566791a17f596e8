import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { Check } from "#kit";
import { suites } from "../suites/index.ts";

const folder = fileURLToPath(new URL("../suites", import.meta.url));
const LIMIT = 25;

interface Measured {
  readonly at: string;
  readonly lines: number;
}

/** The line that opens a check. The formatter closes it on the next line of the same indentation that begins with a brace. */
const OPENING = /^( *).*\b(?:observe|refuse|census)(?:<[^>]*>)?\(\{$/;

function checksIn(file: string): readonly Measured[] {
  const lines = readFileSync(join(folder, file), "utf8").split("\n");
  return lines.flatMap((line, first) => {
    const indent = OPENING.exec(line)?.[1];
    if (indent === undefined) return [];
    const last = lines.findIndex((each, index) => index > first && each.startsWith(`${indent}}`));
    return [{ at: `suites/${file}:${first + 1}`, lines: last - first + 1 }];
  });
}

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
  /checks[/\\].*\.ts$/.test(path),
);

test(`a check is at most ${LIMIT} lines`, () => {
  const measured = files.flatMap(checksIn);
  expect(measured.length).toBeGreaterThan(200);
  expect(measured.filter(({ lines }) => lines < 2)).toEqual([]);
  expect(measured.filter(({ lines }) => lines > LIMIT).map(({ at, lines }) => `${at} has ${lines} lines`)).toEqual([]);
});

test("every check in a checks folder is in its suite", async () => {
  const known = new Set<Check>(suites.flatMap(({ suite }) => suite.checks));
  const strays = await Promise.all(
    files.map(async (file) => {
      const { default: exported } = (await import(pathToFileURL(join(folder, file)).href)) as {
        default: Check | readonly Check[];
      };
      const checks: readonly Check[] = "kind" in exported ? [exported] : exported;
      return checks.filter((check) => !known.has(check)).map(({ id }) => `${id} of suites/${file}`);
    }),
  );
  expect(strays.flat()).toEqual([]);
});

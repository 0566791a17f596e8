import { readdirSync, readFileSync } from "node:fs";
import { renderHtml } from "../../src/report/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";

/** The folder of the gallery. */
export const GALLERY = new URL("../../reports/runtimes/", import.meta.url);

/** A published result. */
export interface Published {
  /** Its folder in that of the gallery. */
  readonly runtime: string;
  readonly version: string;
  readonly document: ResultDocument;
}

/** All of them, by runtime and version. */
export function publishedResults(): readonly Published[] {
  const runtimes = readdirSync(GALLERY, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return runtimes
    .map(({ name }) => name)
    .sort()
    .flatMap((runtime) =>
      readdirSync(new URL(`${runtime}/`, GALLERY))
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length))
        .sort()
        .map((version) => {
          const text = readFileSync(new URL(`${runtime}/${version}.json`, GALLERY), "utf8");
          return { runtime, version, document: JSON.parse(text) as ResultDocument };
        }),
    );
}

/** How it is called. */
export function titleOf({ runtime, version }: Published): string {
  return `${runtime} ${version}`;
}

/** Its report, from the folder of the gallery. */
export function reportFile({ runtime, version }: Published): string {
  return `${runtime}/${version}.html`;
}

/** The text of its report. What is embedded in it is compressed, so that its bytes depend on the version of Node. */
export function publishedReport({ version, document }: Published): Promise<string> {
  return renderHtml(document, { documentFile: `${version}.json` });
}

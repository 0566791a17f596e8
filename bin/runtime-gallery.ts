import { readdirSync, readFileSync } from "node:fs";
import { inWords, levelLabels } from "../src/report/labels.ts";
import { bestPoint, loadText, numberText, problemCodes } from "../src/report/load-label.ts";
import { code, inline } from "../src/report/markdown-text.ts";
import type { Profile, ResultDocument, Suite } from "../src/result/index.ts";
import { suites } from "../suites/index.ts";
import { profiles } from "../suites/profiles.ts";

const FOLDER = new URL("../reports/runtimes/", import.meta.url);

interface Published {
  readonly runtime: string;
  /** From the folder of the gallery. */
  readonly file: string;
  readonly version: string;
  readonly document: ResultDocument;
}

/** The text of `reports/runtimes/README.md`: the published results, and what each runtime earns and carries, made from the documents. */
export function runtimeGallery(): string {
  const published = publishedResults();
  return `<!-- Generated from the documents beside it by \`npm run generate\`. Do not edit. -->

# Results of real runtimes

Each folder says how to repeat its run. \`infermark report render FILE\` makes the report of a document: a page that needs no network.

${table(
  ["Runtime", "Profiles", ...profiles.map(({ id }) => code(id))],
  published.map(({ runtime, version, document }) => [
    `[${inline(`${runtime} ${version}`)}](${runtime}/README.md)`,
    `${document.conformance?.profiles.filter(({ status }) => status === "earned").length ?? 0} earned`,
    ...profiles.map(({ id }) => profileCell(document.conformance?.profiles.find((each) => each.id === id))),
  ]),
)}
Below a profile stand its core, which works on any model, and its extended level, with fixture models.

## Checks

${table(
  ["Suite", ...published.map(({ runtime, version }) => inline(`${runtime} ${version}`))],
  suites.map(({ suite }) => [
    `[${suite.id}](../../suites/${suite.id}/README.md)`,
    ...published.map(({ document }) => suiteCell(document.conformance?.suites.find(({ id }) => id === suite.id))),
  ]),
)}
## Load

${table(
  ["Runtime", "Binding", "Inferences/s", "At", "Measurement"],
  published.flatMap(({ runtime, version, document }) => loadRows(inline(`${runtime} ${version}`), document)),
)}
Each was measured on the machine that its document names, so these numbers compare no runtimes.

## Documents

${published.map(({ file }) => `* [${file}](${file})`).join("\n")}
`;
}

function publishedResults(): readonly Published[] {
  const runtimes = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return runtimes
    .map(({ name }) => name)
    .sort()
    .flatMap((runtime) =>
      readdirSync(new URL(`${runtime}/`, FOLDER))
        .filter((name) => name.endsWith(".json"))
        .sort()
        .map((name) => {
          const file = `${runtime}/${name}`;
          const document = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as ResultDocument;
          return { runtime, file, version: name.replace(/\.json$/, ""), document };
        }),
    );
}

function profileCell(profile: Profile | undefined): string {
  if (!profile) return "not judged";
  if (profile.status === "not-claimed") return "not claimed";
  const { core, extended } = levelLabels(profile);
  return `${inWords(core)}, ${inWords(extended)}`;
}

function suiteCell(suite: Suite | undefined): string {
  if (!suite) return "not run";
  if (!suite.claimed) return "not offered";
  const outcomes = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;
  return outcomes
    .filter((outcome) => suite.counts[outcome] > 0)
    .map((outcome) => `${suite.counts[outcome]} ${outcome}`)
    .join(", ");
}

function loadRows(runtime: string, { load }: ResultDocument): readonly (readonly string[])[] {
  return (load?.runs ?? []).flatMap(({ points }) => {
    const best = bestPoint(points);
    const [point] = best ? [best] : points;
    if (!point) return [];
    return [
      [
        runtime,
        inline(`${point.protocol} ${point.encoding}`),
        best ? numberText(best.inferences.value) : "–",
        inline(loadText(point)),
        best ? "valid" : `invalid: ${inline(problemCodes(point))}`,
      ],
    ];
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${rows.map(line).join("")}`;
}

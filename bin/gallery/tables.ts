import { inWords, levelLabels } from "../../src/report/labels.ts";
import { bestPoint, numberText, percentileText, problemCodes } from "../../src/report/load-label.ts";
import type { LoadPoint, Profile, ProfileLevel, Suite } from "../../src/result/index.ts";
import { suites } from "../../suites/index.ts";
import { profiles } from "../../suites/profiles.ts";
import { type Published, titleOf } from "./published.ts";

type Tone = "pass" | "fail" | "warn" | "skip" | "inconclusive";

export interface Cell {
  readonly text: string;
  /** What it is about, for a link. */
  readonly about?: Published | { readonly suite: string };
  /** How the page of the gallery colours it. */
  readonly tone?: Tone;
  readonly code?: boolean;
}

export interface Table {
  readonly title: string;
  readonly head: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
  /** How to read it. */
  readonly note: string;
}

/** What published runtimes earn, pass and carry, made from their documents. */
export function galleryTables(published: readonly Published[]): readonly Table[] {
  return [profileTable(published), suiteTable(published), loadTable(published)];
}

function profileTable(published: readonly Published[]): Table {
  return {
    title: "Profiles",
    head: [{ text: "Runtime" }, { text: "Earned" }, ...profiles.map(({ id }) => ({ text: id, code: true }))],
    rows: published.map((each) => {
      const judged = each.document.conformance?.profiles ?? [];
      const earned = judged.filter(({ status }) => status === "earned").length;
      return [
        { text: titleOf(each), about: each },
        { text: `${earned}` },
        ...profiles.map(({ id }) => profileCell(judged.find((profile) => profile.id === id))),
      ];
    }),
    note: "Below a profile stand its core, which works on any model, and its extended level, with fixture models.",
  };
}

function profileCell(profile: Profile | undefined): Cell {
  if (!profile) return { text: "not judged", tone: "skip" };
  if (profile.status === "not-claimed") return { text: "not claimed", tone: "skip" };
  const { core, extended } = levelLabels(profile);
  return { text: `${inWords(core)}, ${inWords(extended)}`, tone: LEVEL_TONES[extended] };
}

const LEVEL_TONES: Readonly<Record<ProfileLevel["status"] | "not judged", Tone>> = {
  earned: "pass",
  partial: "inconclusive",
  undecided: "inconclusive",
  "not-earned": "fail",
  "not-claimed": "skip",
  "not judged": "skip",
};

function suiteTable(published: readonly Published[]): Table {
  return {
    title: "Checks",
    head: [{ text: "Suite" }, ...published.map((each) => ({ text: titleOf(each) }))],
    rows: suites.map(({ suite: { id } }) => [
      { text: id, about: { suite: id } },
      ...published.map(({ document }) => suiteCell(document.conformance?.suites.find((suite) => suite.id === id))),
    ]),
    note: "A runtime is judged by the suites of what it offers.",
  };
}

function suiteCell(suite: Suite | undefined): Cell {
  if (!suite) return { text: "not run", tone: "skip" };
  if (!suite.claimed) return { text: "not offered", tone: "skip" };
  const outcomes = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;
  const seen = outcomes.filter((outcome) => suite.counts[outcome] > 0);
  const text = seen.map((outcome) => `${suite.counts[outcome]} ${outcome}`).join(", ");
  const [worst = "skip"] = seen.filter((outcome) => outcome !== "skip");
  return { text, tone: worst === "error" ? "inconclusive" : worst };
}

interface Line {
  readonly cells: readonly Cell[];
  readonly points: LoadPoint[];
}

/** A line for each way to carry tensors, a column for each batch size. */
function loadTable(published: readonly Published[]): Table {
  const points = published.flatMap((each) =>
    (each.document.load?.runs ?? []).flatMap((run) => run.points.map((point) => ({ each, point }))),
  );
  const batches = [...new Set(points.map(({ point }) => point.batch))].sort((a, b) => a - b);
  const lines = new Map<string, Line>();
  for (const { each, point } of points) {
    const { protocol, encoding, model } = point;
    const key = JSON.stringify([titleOf(each), protocol, encoding, model]);
    const cells: readonly Cell[] = [
      { text: titleOf(each), about: each },
      { text: `${protocol} ${encoding}` },
      { text: model, code: true },
    ];
    const line: Line = lines.get(key) ?? { cells, points: [] };
    line.points.push(point);
    lines.set(key, line);
  }
  return {
    title: "Load",
    head: [
      ...["Runtime", "Binding", "Model"].map((text) => ({ text })),
      ...batches.map((batch) => ({ text: `${batch} ${batch === 1 ? "row" : "rows"}` })),
    ],
    rows: [...lines.values()].map((line) => [
      ...line.cells,
      ...batches.map((batch) => loadCell(line.points.filter((point) => point.batch === batch))),
    ]),
    note: "Most inferences (rows) per second of a valid measurement, and the 99th percentile of its latency. Each runtime was measured on the machine that its document names, with a client on the same machine, so these numbers compare no runtimes.",
  };
}

function loadCell(points: readonly LoadPoint[]): Cell {
  const best = bestPoint(points);
  const [first] = points;
  if (best) return { text: `${numberText(best.inferences.value)}/s, p99 ${percentileText(best, 99)}` };
  return first
    ? { text: `invalid: ${problemCodes(first)}`, tone: "inconclusive" }
    : { text: "not measured", tone: "skip" };
}

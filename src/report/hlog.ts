import type { Latency, ResultDocument } from "../result/index.ts";
import { pointLabel } from "./load-label.ts";
import { type LoadRow, loadRows } from "./load-rows.ts";
import { shortPlainText } from "./plain-text.ts";

const NS_PER_MS = 1e6;
const LONGEST_COMMENT = 300;
const KINDS = ["latency", "service", "lateness", "failedLatency"] as const;

/**
 * The histograms of a document as a log of HdrHistogram, version 1.3: nanoseconds, an interval for each measured point, its greatest
 * value in milliseconds. The latencies of a single point have no tag, so that every reader shows them; all else has one, such as
 * `service` or `2.latency` for the second point. A document does not say when its points began: the warm-ups and phases stand one
 * after the other from the begin of the run.
 */
export function renderHlog(document: ResultDocument): string {
  const rows = loadRows(document);
  const startS = Date.parse(document.run.startedAt) / 1000;
  let atMs = 0;
  const lines = rows.flatMap((row, index) => {
    const { measured } = row;
    atMs += measured.warmupMs;
    const fromMs = atMs;
    atMs += measured.durationMs;
    return [
      ...(rows.length > 1 ? [comment(`${index + 1}: ${labelOf(row, rows)}`)] : []),
      // In a closed loop both are one.
      ...KINDS.filter(
        (kind) => kind !== "service" || measured.service?.histogram !== measured.latency.histogram,
      ).flatMap((kind) => {
        const tag = tagOf(kind, index, rows.length);
        return intervalLine(measured[kind], { tag, fromS: fromMs / 1000, lengthS: measured.durationMs / 1000 });
      }),
    ];
  });
  return [
    comment(`[Logged with ${document.tool.name} ${document.tool.version}]`),
    comment("[Histogram log format version 1.3]"),
    comment("[Values are nanoseconds]"),
    `#[StartTime: ${startS.toFixed(3)} (seconds since epoch), ${new Date(startS * 1000).toUTCString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...lines,
    "",
  ].join("\n");
}

function labelOf({ measured }: LoadRow, rows: readonly LoadRow[]): string {
  const points = rows.map((row) => row.measured);
  return `${pointLabel(measured, points)}${measured.validity.valid ? "" : " (invalid)"}`;
}

function tagOf(kind: (typeof KINDS)[number], index: number, points: number): string | undefined {
  if (points > 1) return `${index + 1}.${kind}`;
  return kind === "latency" ? undefined : kind;
}

interface Interval {
  readonly tag: string | undefined;
  readonly fromS: number;
  readonly lengthS: number;
}

function intervalLine(distribution: Latency | undefined, { tag, fromS, lengthS }: Interval): string[] {
  if (distribution?.histogram === undefined || distribution.count === 0) return [];
  const { histogram, maxNs } = distribution;
  // Anything else in its place would be read as further columns or lines.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(histogram)) return [];
  const tagged = tag === undefined ? "" : `Tag=${tag},`;
  return [`${tagged}${fromS.toFixed(3)},${lengthS.toFixed(3)},${(maxNs / NS_PER_MS).toFixed(3)},${histogram}`];
}

function comment(text: string): string {
  return `#${shortPlainText(text, LONGEST_COMMENT)}`;
}

import { BUCKETS } from "./log-buckets.ts";

/** How many samples lie in one bucket of the log buckets. */
export interface BucketCount {
  readonly bucket: number;
  readonly count: number;
}

/** Counts by bucket as text: runs `bucket:count,count,…` of buckets in a row, separated by spaces; empty when all counts are 0. */
export function encodeBuckets(counts: ArrayLike<number>): string {
  const runs: string[] = [];
  let run = "";
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number;
    if (count > 0) run = run === "" ? `${bucket}:${count}` : `${run},${count}`;
    else if (run !== "") {
      runs.push(run);
      run = "";
    }
  }
  if (run !== "") runs.push(run);
  return runs.join(" ");
}

/** What `encodeBuckets` was given, without the zeros. What is not of that form is left out: the text may come from anywhere. */
export function decodeBuckets(text: string): readonly BucketCount[] {
  return text.split(" ").flatMap((run) => {
    const [, first, list] = /^(\d{1,6}):(\d{1,15}(?:,\d{1,15})*)$/.exec(run) ?? [];
    if (first === undefined || list === undefined) return [];
    const counts = list.split(",").map((count, index) => ({ bucket: Number(first) + index, count: Number(count) }));
    return counts.filter(({ bucket }) => bucket < BUCKETS);
  });
}

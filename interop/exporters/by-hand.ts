/** The sum of the values of all lines of a metric that contain each of the labels, such as `mode="idle"`; 0 where there is none. */
export function sumOf(
  text: string,
  metric: string,
  labels: readonly string[] = [],
  without: readonly string[] = [],
): number {
  const lines = text.split("\n").filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
  return lines
    .filter((line) => labels.every((label) => line.includes(label)) && !without.some((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** By how much that sum grew. */
export function growthOf(
  [before, after]: readonly [string, string],
  metric: string,
  labels: readonly string[] = [],
  without: readonly string[] = [],
): number {
  return sumOf(after, metric, labels, without) - sumOf(before, metric, labels, without);
}

/** What a service did at one load. */
export interface LoadResponse {
  readonly throughput: number;
  readonly latencyNs: number;
}

/**
 * The knee of a sweep: the load at which throughput ÷ latency, Kleinrock's power, is greatest. Beyond it latency grows faster than
 * throughput. An index into `responses`, which are in ascending order of load; undefined where fewer than three can be compared, or where
 * it would be the last one, since then nothing beyond it was seen.
 */
export function kneeOf(responses: readonly LoadResponse[]): number | undefined {
  if (responses.length < 3) return undefined;
  const powers = responses.map(({ throughput, latencyNs }) => (latencyNs > 0 ? throughput / latencyNs : 0));
  const knee = powers.indexOf(Math.max(...powers));
  return knee === powers.length - 1 || powers[knee] === 0 ? undefined : knee;
}

const LINEAR_BITS = 6;
const PER_OCTAVE = 1 << LINEAR_BITS;
const OCTAVES = 36;

/** What a time is multiplied with to find its bucket within its doubling. */
const SCALES = Float64Array.from({ length: 64 }, (_, octave) => 2 ** -octave);

/** How many buckets cover 0 to beyond one hour in nanoseconds. */
export const BUCKETS = PER_OCTAVE * (OCTAVES + 1);

/** The bucket of a time: exact below 64 ns, else 64 buckets to each doubling. Greater than all: the last bucket. */
export function bucketOf(ns: number): number {
  const value = Math.max(0, Math.floor(ns));
  if (value < PER_OCTAVE) return value;
  const octave = exponentOf(value) - LINEAR_BITS;
  const within = Math.floor(value * (SCALES[octave] as number)) - PER_OCTAVE;
  return Math.min(BUCKETS - 1, PER_OCTAVE * (octave + 1) + within);
}

/** The middle of a bucket in nanoseconds: at most 0.8 % from any time in it. */
export function bucketMiddle(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket;
  const octave = Math.floor(bucket / PER_OCTAVE) - 1;
  return ((bucket % PER_OCTAVE) + PER_OCTAVE + 0.5) * 2 ** octave;
}

/** The least time of a bucket in nanoseconds. */
export function bucketLow(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket;
  return ((bucket % PER_OCTAVE) + PER_OCTAVE) * 2 ** (Math.floor(bucket / PER_OCTAVE) - 1);
}

/** The `percentile` (0 to 100) of counts by bucket, by nearest rank; undefined when all are 0. */
export function bucketPercentile(counts: Uint32Array, percentile: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rank = Math.max(1, Math.ceil((percentile / 100) * total - 1e-9));
  let seen = 0;
  const bucket = counts.findIndex((count) => {
    seen += count;
    return count > 0 && seen >= rank;
  });
  return bucket < 0 ? undefined : bucketMiddle(bucket);
}

/** The position of the highest set bit; bit operations reach 32 bits only. */
function exponentOf(value: number): number {
  return value < 2 ** 32 ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 2 ** 32);
}

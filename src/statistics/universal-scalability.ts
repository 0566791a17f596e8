/** A load, in requests in flight, and the throughput that came of it. */
export interface ScalingPoint {
  readonly load: number;
  readonly throughput: number;
}

/** X(N) = λN / (1 + σ(N − 1) + κN(N − 1)). */
export interface Scalability {
  /** Throughput of one request at a time. */
  readonly lambda: number;
  /** Contention: the share that is served one by one. */
  readonly sigma: number;
  /** Coherency: what each pair in flight costs. */
  readonly kappa: number;
}

/**
 * Fits the Universal Scalability Law (N. J. Gunther, Guerrilla Capacity Planning, 2007, chapters 4 to 6): N/X is linear in N − 1 and in
 * N(N − 1), so least squares of its relative errors have one solution. σ and κ are kept from being negative, which the law does not allow.
 * Undefined for fewer than three points.
 */
export function fitScalability(points: readonly ScalingPoint[]): Scalability | undefined {
  if (points.length < 3) return undefined;
  const rows = points.map(({ load, throughput }) => {
    const times = load / throughput;
    return [1, load - 1, load * (load - 1)].map((column) => column / times);
  });
  // Each term is in or out; the law allows those of them whose terms come out positive.
  const fits = [[0], [0, 1], [0, 2], [0, 1, 2]].flatMap((terms) => {
    const solved = leastSquares(rows.map((row) => terms.map((term) => row[term] as number)));
    if (solved === undefined || solved.some((value) => value < 0) || (solved[0] as number) <= 0) return [];
    const [first, contention, coherency] = [0, 1, 2].map((term) => solved[terms.indexOf(term)] ?? 0) as [
      number,
      number,
      number,
    ];
    const error = rows.reduce(
      (sum, [a = 0, b = 0, c = 0]) => sum + (first * a + contention * b + coherency * c - 1) ** 2,
      0,
    );
    return [{ error, law: { lambda: 1 / first, sigma: contention / first, kappa: coherency / first } }];
  });
  return fits.toSorted((a, b) => a.error - b.error)[0]?.law;
}

/** The throughput that the law expects at so many in flight. */
export function scaledThroughput({ lambda, sigma, kappa }: Scalability, load: number): number {
  return (lambda * load) / (1 + sigma * (load - 1) + kappa * load * (load - 1));
}

/** The coefficients whose combination of the columns is nearest to 1 in each row; undefined where there are many. */
function leastSquares(rows: readonly (readonly number[])[]): readonly number[] | undefined {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) =>
      rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0),
    ),
    rows.reduce((sum, row) => sum + (row[i] as number), 0),
  ]);
  for (let pivot = 0; pivot < size; pivot++) {
    const own = matrix[pivot] as number[];
    const scale = own[pivot] as number;
    if (Math.abs(scale) < 1e-12) return undefined;
    for (let i = pivot; i <= size; i++) own[i] = (own[i] as number) / scale;
    for (const row of matrix) {
      if (row === own) continue;
      const factor = row[pivot] as number;
      for (let i = pivot; i <= size; i++) row[i] = (row[i] as number) - factor * (own[i] as number);
    }
  }
  return matrix.map((row) => row[size] as number);
}

/** Does `one` for 0 to `count` − 1 at once, waits for all of them, and throws what the first of those that failed threw. */
export async function together(count: number, one: (index: number) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(Array.from({ length: count }, (_, index) => one(index)));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

import type { ValidityRule } from "./rule.ts";

/** Not valid when a worker process ended before its time: the load was less than what was asked for, by its part. */
export const workerLost: ValidityRule = ({ workers = [] }) => {
  const lost = workers.flatMap(({ worker, lost: how }) => (how === undefined ? [] : [`worker ${worker} (${how})`]));
  if (lost.length === 0) return {};
  const evidence = `${lost.length} of ${workers.length} workers ended before the phase did, and took with them what they had sent and measured: ${lost.join(", ")}`;
  return { problem: { code: "worker-lost", evidence } };
};

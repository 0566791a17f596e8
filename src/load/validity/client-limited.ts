import { percentText, type ValidityRule } from "./rule.ts";

const MOST_UTILISATION = 0.9;
const MOST_CORES = 0.9;

/** Not valid when this process was so busy that it, and not the server, set the pace. */
export const clientLimited: ValidityRule = ({ clientWhileSending, summary: { awakeMs = 0 } }) => {
  const { elapsedMs } = clientWhileSending;
  // Waiting awake looks like work, and leaves all of its time to what comes meanwhile.
  const awake = elapsedMs > 0 ? awakeMs / elapsedMs : 0;
  const cores = elapsedMs > 0 ? Math.max(0, clientWhileSending.cpuMs / elapsedMs - awake) : 0;
  const utilisation = Math.max(0, clientWhileSending.eventLoopUtilisation - awake);
  const busy = `event loop busy ${percentText(utilisation)} of the time, ${percentText(cores)} of one core used`;
  const fact = { key: "client", value: busy };
  if (utilisation <= MOST_UTILISATION && cores <= MOST_CORES) return { fact };
  const evidence = `the client was the limit: ${busy}; at most ${percentText(MOST_UTILISATION)} and ${percentText(MOST_CORES)} leave room to measure the server`;
  return { fact, problem: { code: "client-limited", evidence } };
};

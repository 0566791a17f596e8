import { percentText, type ValidityRule } from "./rule.ts";

const MOST_UTILISATION = 0.9;
const MOST_CORES = 0.9;

/** Not valid when this process was so busy that it, and not the server, set the pace. */
export const clientLimited: ValidityRule = ({ clientWhileSending: { eventLoopUtilisation, cpuMs, elapsedMs } }) => {
  const cores = elapsedMs > 0 ? cpuMs / elapsedMs : 0;
  const busy = `event loop busy ${percentText(eventLoopUtilisation)} of the time, ${percentText(cores)} of one core used`;
  const fact = { key: "client", value: busy };
  if (eventLoopUtilisation <= MOST_UTILISATION && cores <= MOST_CORES) return { fact };
  const evidence = `the client was the limit: ${busy}; at most ${percentText(MOST_UTILISATION)} and ${percentText(MOST_CORES)} leave room to measure the server`;
  return { fact, problem: { code: "client-limited", evidence } };
};

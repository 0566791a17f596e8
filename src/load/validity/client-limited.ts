import type { Measured } from "../measured.ts";
import { type Finding, percentText } from "./rule.ts";

const MOST_UTILISATION = 0.9;
const MOST_CORES = 0.9;

/** How busy one sending process was. */
interface Busy {
  readonly utilisation: number;
  readonly cores: number;
  /** How it is called. */
  readonly who: string;
}

/** Not valid when a sending process was so busy that it, and not the server, set the pace. Of several workers the busiest is judged. */
export function clientLimited(measured: Pick<Measured, "clientWhileSending" | "summary" | "workers">): Finding {
  const { clientWhileSending, summary, workers = [] } = measured;
  const all = workers
    .filter(({ lost }) => lost === undefined)
    .map((part) => busyOf(part.clientWhileSending, part.awakeMs, `worker ${part.worker}: `));
  const [first = busyOf(clientWhileSending, summary.awakeMs, ""), ...others] = all;
  const { utilisation, cores, who } = others.reduce((a, b) => (busyness(b) > busyness(a) ? b : a), first);
  const busy = `${who}event loop busy ${percentText(utilisation)} of the time, ${percentText(cores)} of one core used`;
  const fact = { key: "client", value: busy };
  if (utilisation <= MOST_UTILISATION && cores <= MOST_CORES) return { fact };
  const evidence = `the client was the limit: ${busy}; at most ${percentText(MOST_UTILISATION)} and ${percentText(MOST_CORES)} leave room to measure the server`;
  return { fact, problem: { code: "client-limited", evidence } };
}

function busyOf({ elapsedMs, ...usage }: Measured["clientWhileSending"], awakeMs = 0, who: string): Busy {
  // Waiting awake looks like work, and leaves all of its time to what comes meanwhile.
  const awake = elapsedMs > 0 ? awakeMs / elapsedMs : 0;
  const cores = elapsedMs > 0 ? Math.max(0, usage.cpuMs / elapsedMs - awake) : 0;
  return { utilisation: Math.max(0, usage.eventLoopUtilisation - awake), cores, who };
}

function busyness({ utilisation, cores }: Busy): number {
  return Math.max(utilisation, cores);
}

import type { Measured } from "../measured.ts";
import { type Finding, percentText } from "./rule.ts";

const MOST_UTILISATION = 0.9;
const MOST_CORES = 0.9;
const MOST_STALLED = 0.1;

/** How busy one sending process was, and how much it was kept from running. */
interface Busy {
  readonly utilisation: number;
  readonly cores: number;
  readonly stalled: number;
  /** How it is called. */
  readonly who: string;
}

/**
 * Not valid when a sending process was so busy that it, and not the server, set the pace, or when it could not run for a tenth of the time: what
 * came meanwhile was seen late. Of several workers the busiest is judged, and the one that was kept from running most.
 */
export function clientLimited(measured: Pick<Measured, "clientWhileSending" | "summary" | "workers">): Finding {
  const { clientWhileSending, summary, workers = [] } = measured;
  const all = workers
    .filter(({ lost }) => lost === undefined)
    .map((part) => busyOf(part.clientWhileSending, part.awakeMs, `worker ${part.worker}: `));
  const [first = busyOf(clientWhileSending, summary.awakeMs, ""), ...others] = all;
  const { utilisation, cores, who } = others.reduce((a, b) => (busyness(b) > busyness(a) ? b : a), first);
  const kept = others.reduce((a, b) => (b.stalled > a.stalled ? b : a), first);
  const busy = `${who}event loop busy ${percentText(utilisation)} of the time, ${percentText(cores)} of one core used`;
  const value =
    kept.stalled > 0 ? `${busy}; ${kept.who}attended to nothing for ${percentText(kept.stalled)} of it` : busy;
  const fact = { key: "client", value };
  if (kept.stalled > MOST_STALLED) {
    const evidence = `the client was the limit: ${kept.who}it attended to nothing for ${percentText(kept.stalled)} of the time, in stretches of more than 10 ms: others had the processor, a quota was used up, or one thing kept it busy; answers that came meanwhile were seen late`;
    return { fact, problem: { code: "client-limited", evidence } };
  }
  if (utilisation <= MOST_UTILISATION && cores <= MOST_CORES) return { fact };
  const evidence = `the client was the limit: ${busy}; at most ${percentText(MOST_UTILISATION)} and ${percentText(MOST_CORES)} leave room to measure the server`;
  return { fact, problem: { code: "client-limited", evidence } };
}

function busyOf(
  { elapsedMs, stalledMs = 0, ...usage }: Measured["clientWhileSending"],
  awakeMs = 0,
  who: string,
): Busy {
  const share = (ms: number) => (elapsedMs > 0 ? ms / elapsedMs : 0);
  // Waiting awake looks like work, and leaves all of its time to what comes meanwhile.
  const awake = share(awakeMs);
  return {
    utilisation: Math.max(0, usage.eventLoopUtilisation - awake),
    cores: Math.max(0, share(usage.cpuMs) - awake),
    stalled: share(stalledMs),
    who,
  };
}

function busyness({ utilisation, cores }: Busy): number {
  return Math.max(utilisation, cores);
}

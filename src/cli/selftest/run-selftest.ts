import { type ReferenceProcess, startReferenceProcess } from "../reference-process/start.ts";
import { type KnownLaw, STEADY, stallEvery } from "./laws.ts";
import { type CaseResult, type Loop, openSender, type Protocol, type RateResult, type Sender } from "./measure.ts";

const PROTOCOLS = ["rest", "grpc"] as const satisfies readonly Protocol[];
const LOOPS = ["closed", "open"] as const satisfies readonly Loop[];
const FIRST_RATE = 250;
const RATES = 8;
/** A percentile is off when it is further from the truth than both. */
const MOST_OFF_NS = 1e6;
const MOST_OFF_SHARE = 0.1;

export interface SelftestResult {
  /** False when a rate of 250/s was not kept, or a percentile was further from the truth than 1 ms and a tenth of it. */
  readonly trustworthy: boolean;
  readonly problems: readonly string[];
  /** The highest trustworthy rate in requests per second; absent for a protocol that has none. */
  readonly highestRate: Partial<Record<Protocol, number>>;
  readonly rates: readonly RateResult[];
  readonly cases: readonly CaseResult[];
}

/** Measures servers whose latencies are known, for about so many seconds. */
export async function runSelftest(
  seconds: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<SelftestResult> {
  const server = await startReferenceProcess();
  const senders: Sender[] = [];
  try {
    for (const protocol of PROTOCOLS) senders.push(await openSender(protocol, server, signal));
    const rates: RateResult[] = [];
    for (const sender of senders)
      rates.push(...(await highestRate(sender, server, (seconds * 1000) / 60, signal, say)));
    const cases = [
      ...(await steadyCases(senders, server, (seconds * 1000) / 36, signal, say)),
      ...(await stallCases(senders, server, (seconds * 1000) / 6, signal, say)),
    ];
    return judge(rates, cases);
  } finally {
    for (const sender of senders) await sender.close();
    server.close();
  }
}

/** Doubles the rate until it is not trustworthy twice. */
async function highestRate(
  sender: Sender,
  server: ReferenceProcess,
  ms: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<RateResult[]> {
  await server.setLaw("1ms");
  // The first phase compiles and connects; it is not looked at.
  await sender.tryRate(FIRST_RATE, ms);
  const rates: RateResult[] = [];
  for (let step = 0; step < RATES && !signal.aborted; step++) {
    const rate = FIRST_RATE * 2 ** step;
    say(`${sender.protocol}: ${rate} requests/s`);
    let tried = await sender.tryRate(rate, ms);
    if (tried.problem !== undefined) tried = await sender.tryRate(rate, ms);
    rates.push(tried);
    if (tried.problem !== undefined) break;
  }
  return rates;
}

async function steadyCases(
  senders: readonly Sender[],
  server: ReferenceProcess,
  ms: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  for (const law of STEADY)
    for (const sender of senders)
      for (const loop of LOOPS) if (!signal.aborted) cases.push(await oneCase(sender, server, law, loop, ms, say));
  return cases;
}

async function stallCases(
  senders: readonly Sender[],
  server: ReferenceProcess,
  ms: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  // One whole period, whenever it begins: a tenth of the arrivals comes within the stall.
  const law = stallEvery(Math.round(ms));
  for (const sender of senders)
    if (!signal.aborted) cases.push(await oneCase(sender, server, law, "open", Math.round(ms), say));
  return cases;
}

async function oneCase(
  sender: Sender,
  server: ReferenceProcess,
  law: KnownLaw,
  loop: Loop,
  ms: number,
  say: (text: string) => void,
): Promise<CaseResult> {
  say(`${sender.protocol}: ${law.name}, ${loop} loop`);
  await server.setLaw(law.text);
  return sender.measure(law, loop, ms);
}

function judge(rates: readonly RateResult[], cases: readonly CaseResult[]): SelftestResult {
  const highest: Partial<Record<Protocol, number>> = {};
  for (const { protocol, rate, problem } of rates) if (problem === undefined) highest[protocol] = rate;
  const problems = [
    ...PROTOCOLS.filter((protocol) => highest[protocol] === undefined).map((protocol) => {
      const why = rates.find((each) => each.protocol === protocol)?.problem ?? "nothing was measured";
      return `${protocol}: ${FIRST_RATE} requests/s were not kept: ${why}`;
    }),
    ...cases.flatMap((each) => problemsOf(each)),
  ];
  return { trustworthy: problems.length === 0, problems, highestRate: highest, rates, cases };
}

function problemsOf({ law, loop, protocol, samples, errors, percentiles }: CaseResult): string[] {
  const where = `${protocol}, ${law}, ${loop} loop`;
  if (samples === 0 || errors > 0) return [`${where}: ${samples} right answers, ${errors} others`];
  const off = percentiles.filter(
    ({ measuredNs, truthNs }) => Math.abs(measuredNs - truthNs) > Math.max(MOST_OFF_NS, MOST_OFF_SHARE * truthNs),
  );
  if (off.length === 0) return [];
  return [`${where}: off by more than 1 ms and a tenth: ${off.map(({ percentile }) => `p${percentile}`).join(", ")}`];
}

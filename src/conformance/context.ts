import { NS_PER_MS } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import { type Exchange, headerOf, type WireRequest } from "../transport/index.ts";
import type { Check, CheckContext, CheckSendOptions } from "./check.ts";
import { inconclusive, NotApplicable, skip } from "./outcome.ts";
import type { SuiteRun } from "./run.ts";
import { noteSending } from "./sending-order.ts";
import { whileUnloaded } from "./while-unloaded.ts";

const TIMEOUTS_THAT_END_A_RUN = 5;
/** All answers are kept until the end, for the checks that judge what the others saw. */
const BYTES_THAT_END_A_RUN = 512 * 1024 * 1024;
const BACK_OFFS = [250, 500, 1000];
const SAFE_BODY_BYTES = 1_000_000;

/** What one check accumulates while it runs. */
export interface Notebook {
  readonly exchanges: Exchange[];
  readonly warnings: string[];
  readonly records: { key: string; value: string }[];
  /** Index of the exchange that the verdict is about; the last one unless set. */
  decisive: number | undefined;
  /** Index of the exchange before the first warning. */
  warnedAt: number | undefined;
  /** It went through several requests of which none shows the failure alone. */
  needsSeveral: boolean;
  /** It was left out because of the form of the model under test. */
  ofModel: boolean;
}

/** What a check has before it runs. */
export function blankNotebook(): Notebook {
  return {
    exchanges: [],
    warnings: [],
    records: [],
    decisive: undefined,
    warnedAt: undefined,
    needsSeveral: false,
    ofModel: false,
  };
}

/** The context of one check: all it sends goes through here and stays as evidence. */
export function contextFor(run: SuiteRun, check: Check, notebook: Notebook): CheckContext {
  const models = run.info.models;
  const first = models[0];
  if (!first) throw new NotApplicable("no model is known");
  const context: CheckContext = {
    info: run.info,
    model: first,
    random: seededRandom(run.seed, check.id),
    fixture: (name) =>
      models.find((model) => model.fixture && model.name === name) ??
      skip(`the target does not serve the fixture model ${name}`),
    send: (request, options = {}) => send(run, check, notebook, request, options),
    sendAtOnce: async (requests, alone) => {
      const deadlineMs = run.limits.requestMs + (requests.length * alone.durationNs) / NS_PER_MS;
      const settled = await Promise.allSettled(
        requests.map((request) => send(run, check, notebook, request, { deadlineMs })),
      );
      return settled.map((each) => {
        if (each.status === "rejected") throw each.reason;
        return each.value;
      });
    },
    followUp: async (defect, bad, good) => {
      const followUp = await send(run, check, notebook, good, { connection: "fresh" });
      const aftermath = { check: check.id, defect, exchange: bad, followUp, recovered: run.suite.succeeded(followUp) };
      run.evidence.aftermaths.push(aftermath);
      return aftermath;
    },
    point: (exchange) => {
      notebook.decisive = notebook.exchanges.indexOf(exchange);
    },
    warn: (message) => {
      if (!notebook.warnings.includes(message)) notebook.warnings.push(message);
      if (notebook.exchanges.length > 0) notebook.warnedAt ??= notebook.exchanges.length - 1;
    },
    record: (key, value) => notebook.records.push({ key, value }),
    whileUnloaded: (look) => whileUnloaded(context, notebook, look),
  };
  return context;
}

async function send<R extends WireRequest>(
  run: SuiteRun,
  check: Check,
  notebook: Notebook,
  request: R,
  options: CheckSendOptions,
): Promise<Exchange<R>> {
  refuseOurOwnMistake(run, request, options);
  for (const pause of [...BACK_OFFS, undefined]) {
    if (run.ended !== undefined) inconclusive(run.ended);
    const sent = noteSending();
    const connection = run.nth === undefined ? options.connection : "fresh";
    const exchange = sent(
      await run.transport.send(request, {
        deadlineMs: options.deadlineMs ?? run.limits.requestMs,
        origin: originOf(run, check),
        ...(connection && { connection }),
        ...(run.signal && { signal: run.signal }),
      }),
    );
    notebook.exchanges.push(exchange);
    // The end of it was ours.
    if (exchange.failure && run.signal?.aborted) inconclusive("interrupted");
    run.evidence.observed.push({ check: check.id, exchange, invalid: options.invalid === true });
    countTimeout(run, exchange);
    countBytes(run, exchange);
    if (exchange.failure?.code === "not-recorded") inconclusive("not in recording");
    if (exchange.head?.status !== 429) return exchange;
    if (pause !== undefined) await run.clock.sleep(Math.max(pause, retryAfterMs(exchange)), run.signal);
  }
  return inconclusive("the target kept answering 429 Too Many Requests");
}

/** What a check sends when it is run again must not be answered from the recording of its first run. */
function originOf({ nth }: SuiteRun, check: Check): string {
  return nth === undefined ? check.id : `${check.id} rerun ${nth}`;
}

function refuseOurOwnMistake(run: SuiteRun, request: WireRequest, options: CheckSendOptions): void {
  if (options.invalid) return;
  const problem = run.suite.requestProblem?.(request);
  if (problem !== undefined)
    throw new Error(`a request of this check breaks the protocol without being marked invalid: ${problem}`);
  if (run.safe && sizeOf(request) > SAFE_BODY_BYTES) skip("left out by --safe: the request is larger than 1 MB");
}

function sizeOf(request: WireRequest): number {
  if (request.protocol === "http") return request.body?.length ?? 0;
  return request.messages.reduce((sum, message) => sum + message.length, 0);
}

function countTimeout(run: SuiteRun, exchange: Exchange): void {
  run.timeouts = exchange.failure?.code === "timeout" ? run.timeouts + 1 : 0;
  if (run.timeouts >= TIMEOUTS_THAT_END_A_RUN) run.ended ??= `${TIMEOUTS_THAT_END_A_RUN} requests in a row timed out`;
}

function countBytes(run: SuiteRun, { events }: Exchange): void {
  const most = run.limits.answersBytes ?? BYTES_THAT_END_A_RUN;
  run.bytes += events.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (run.bytes > most) run.ended ??= `the answers came to more than ${most} bytes`;
}

function retryAfterMs(exchange: Exchange): number {
  const seconds = Number(headerOf(exchange.head?.headers, "retry-after"));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 5) * 1000 : 0;
}

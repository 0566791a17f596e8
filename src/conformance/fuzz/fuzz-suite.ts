import { asyncProperty, check } from "fast-check";
import type { Exchange, WireRequest } from "../../transport/index.ts";
import { describeAnswer } from "../expect.ts";
import { transportsOf } from "../suite.ts";
import { type Aftermath, ask, type FuzzRun, followUp, isUnknown } from "./fuzz-run.ts";
import type { FuzzCase } from "./fuzzing.ts";
import { fuzzId, fuzzStatement } from "./kinds.ts";
import type { FuzzFinding, SuiteFuzz } from "./result.ts";
import { patienceMs, type Shrunk, shrink } from "./shrink.ts";
import { classOf, type Symptom, symptomOf } from "./symptom.ts";

/** A good request is sent after every suspicious answer, and after this many others. */
const FOLLOW_UP_EVERY = 10;

/** A request of the phase. */
interface Sent {
  readonly index: number;
  readonly fuzzCase: FuzzCase;
  readonly exchange: Exchange;
}

type Counts = { -readonly [K in keyof Omit<SuiteFuzz, "suite" | "endedEarly">]: number };

/** Sends the requests of one suite one after the other, and makes each new kind of fault smaller as soon as it shows. */
export async function fuzzSuite(run: FuzzRun): Promise<SuiteFuzz> {
  const counts: Counts = { sent: 0, succeeded: 0, refused: 0, serverErrors: 0, other: 0, unrepeated: 0 };
  const report = () => ({ suite: run.suite.id, ...counts, ...(run.ended !== undefined && { endedEarly: run.ended }) });
  const control = await ask(run, run.requests.good, "fresh");
  if (!run.suite.succeeded(control)) {
    run.ended ??= `the good request did not succeed: ${describeAnswer(control)}`;
    return report();
  }
  run.usualMs = control.durationNs / 1e6;
  let window: Sent[] = [];
  let index = 0;
  const send = async (fuzzCase: FuzzCase) => {
    const number = index++;
    if (run.ended !== undefined) return;
    const { exchange, again } = await askTwice(run, fuzzCase.request);
    if (isUnknown(exchange)) run.ended ??= "not in recording";
    if (run.ended === "interrupted" || isUnknown(exchange)) return;
    if (again) counts.unrepeated += 1;
    counts.sent += 1;
    counts[classOf(exchange)] += 1;
    window.push({ index: number, fuzzCase, exchange });
    run.options.onRequest?.(run.suite.id, counts.sent);
    const seen = symptomOf(run.fuzzing, fuzzCase, exchange);
    if (!seen && window.length < FOLLOW_UP_EVERY) return;
    const sent = window;
    window = [];
    const aftermath = await followUp(run);
    const symptom = weightier(run, seen, aftermath.symptom);
    if (symptom && !(await look(run, { symptom, sent, aftermath, seen }))) counts.unrepeated += 1;
  };
  const { requests, seed } = run;
  const details = await check(asyncProperty(requests.cases, send), {
    seed,
    numRuns: run.options.requests,
    endOnFailure: true,
  });
  if (details.failed) throw details.errorInstance;
  return report();
}

/**
 * Where a connection that had served others ends without an answer, the request is sent once more on one of its own: a server
 * may close an idle connection at any time, and never read what was on its way then.
 */
async function askTwice(run: FuzzRun, request: WireRequest): Promise<{ exchange: Exchange; again: boolean }> {
  const deadline = run.findings.has("hangs") ? patienceMs(run) : undefined;
  const first = await ask(run, request, "pooled", deadline);
  if (!ended(first) || run.ended !== undefined) return { exchange: first, again: false };
  const second = await ask(run, request, "fresh", deadline);
  const gone = second.failure?.code === "refused" || run.ended !== undefined;
  return gone ? { exchange: first, again: false } : { exchange: second, again: !ended(second) };
}

function ended({ failure }: Exchange): boolean {
  return failure?.code === "closed" || failure?.code === "reset";
}

/** What belongs to a target that stops serving, and is no fault of its own then. */
const WITHOUT_ANSWER: ReadonlySet<string> = new Set(["drops-connection", "hangs", "stops-serving"]);

/** What became of the target outweighs the answer, unless that is known and the answer shows another fault. */
function weightier(run: FuzzRun, seen: Symptom | undefined, after: Symptom | undefined): Symptom | undefined {
  if (!after || !seen) return after ?? seen;
  return run.findings.has(after.kind) && !WITHOUT_ANSWER.has(seen.kind) ? seen : after;
}

interface Suspicion {
  readonly symptom: Symptom;
  /** Since the good request last succeeded; the last one, or one before it, is to blame. */
  readonly sent: readonly Sent[];
  readonly aftermath: Aftermath;
  /** What the answer to the last one showed. */
  readonly seen: Symptom | undefined;
}

/** Counts a known kind, else finds its request and makes it smaller. False for a time-out that did not come again: what was slow is not known. */
async function look(run: FuzzRun, { symptom, sent, aftermath, seen }: Suspicion): Promise<boolean> {
  const known = run.findings.get(symptom.kind);
  if (known) {
    run.findings.set(symptom.kind, { ...known, seen: known.seen + 1 });
    return true;
  }
  const last = sent.at(-1) as Sent;
  // What the last answer shows is its own fault; that nothing listens, or that the good request fails, may be an earlier one's.
  const suspects = symptom === seen && symptom.kind !== "stops-serving" ? [last] : sent.toReversed();
  let resends = 0;
  for (const suspect of suspects) {
    if (run.ended !== undefined) break;
    const shrunk = await shrink(run, suspect.index, symptom.kind);
    resends += shrunk.resends;
    if (shrunk.smallest) return keep(run, findingOf(run, suspect, symptom, aftermath, { ...shrunk, resends }));
  }
  if (symptom.kind === "hangs" && run.ended === undefined) return false;
  return keep(run, findingOf(run, last, symptom, aftermath, { resends }));
}

function keep(run: FuzzRun, finding: FuzzFinding): true {
  run.findings.set(finding.kind, finding);
  run.options.onFinding?.(finding);
  return true;
}

function findingOf(run: FuzzRun, found: Sent, first: Symptom, after: Aftermath, shrunk: Shrunk): FuzzFinding {
  const { smallest, resends } = shrunk;
  const { kind, actual } = smallest?.symptom ?? first;
  const { fuzzCase, exchange, aftermath } = smallest ?? { ...found, aftermath: after };
  return {
    id: fuzzId(run.suite.id, kind),
    suite: run.suite.id,
    kind,
    ...fuzzStatement(kind, transportsOf(run.suite)[0]),
    actual: kind === "stops-serving" || kind === "breaks-follow-up" ? `${describeAnswer(exchange)}; ${actual}` : actual,
    changes: fuzzCase.changes,
    exchange,
    ...(aftermath.symptom?.kind === kind && { followUp: aftermath.followUp }),
    shrunkFrom: {
      request: found.index,
      changes: found.fuzzCase.changes,
      bytes: bytesOf(found.fuzzCase.request),
    },
    seen: 1,
    resends,
    repeated: smallest !== undefined,
  };
}

/** Bytes of a request's body, or of its messages. */
export function bytesOf(request: WireRequest): number {
  if (request.protocol === "http") return request.body?.length ?? 0;
  return request.messages.reduce((sum, message) => sum + message.length, 0);
}

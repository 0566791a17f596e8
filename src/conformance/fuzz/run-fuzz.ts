import { NS_PER_MS } from "../../base/clock.ts";
import { fnv1a } from "../../base/random.ts";
import type { ModelInfo } from "../../target/index.ts";
import type { WireRequest } from "../../transport/index.ts";
import { describeAnswer } from "../expect.ts";
import type { Suite } from "../suite.ts";
import { ask, type FuzzOptions, type FuzzRun } from "./fuzz-run.ts";
import { fuzzSuite } from "./fuzz-suite.ts";
import type { FuzzKind } from "./kinds.ts";
import type { FuzzFinding, FuzzResult, SuiteFuzz } from "./result.ts";
import { type Shown, show } from "./shrink.ts";

/** Fixtures that are slow or fail by what they are made for. */
const LEFT_OUT = new Set(["slow_ms", "fail", "text_fail"]);

/**
 * Sends changed requests to the suites that have any, one suite after the other. The same seed sends the same requests to
 * the same models; what is sent again to make a fault smaller depends on the answers. Never throws for what the target did.
 */
export async function runFuzz(suites: readonly Suite[], options: FuzzOptions): Promise<FuzzResult> {
  const { seed, requests, clock, limits } = options;
  const endsAt = limits.budgetMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + limits.budgetMs * NS_PER_MS;
  const outcomes: SuiteFuzz[] = [];
  const findings: FuzzFinding[] = [];
  for (const suite of suites) {
    if (!suite.fuzz) continue;
    const run = await prepare(suite, options, endsAt);
    outcomes.push(typeof run === "string" ? withoutRequests(suite, run) : await fuzzSuite(run));
    if (typeof run !== "string") findings.push(...run.findings.values());
  }
  return { seed, requests, dangerous: options.dangerous ?? false, suites: outcomes, findings };
}

async function prepare(suite: Suite, options: FuzzOptions, endsAt: number): Promise<FuzzRun | string> {
  if (options.signal?.aborted) return "interrupted";
  if (options.clock.now() >= endsAt) return "the time budget was spent";
  const models = options.info.models.filter(isQuick);
  if (models.length === 0) return "no model is known whose inputs are";
  const fuzzing = await suite.fuzz?.();
  if (!fuzzing) return "it has no requests to change";
  const requests = fuzzing.requests({ models, dangerous: options.dangerous ?? false });
  if (typeof requests === "string") return requests;
  const seed = fnv1a(`${options.seed}/fuzz/${suite.id}`);
  return { suite, fuzzing, requests, seed, options, endsAt, findings: new Map(), usualMs: 0, ended: undefined };
}

/**
 * Sends the request of a finding again, and the good one after it. What it shows, of the same kind; undefined when it shows
 * nothing of that kind, a text when it could not be tried.
 */
export async function repeatFinding(
  suite: Suite,
  { request, kind }: { readonly request: WireRequest; readonly kind: FuzzKind },
  options: Omit<FuzzOptions, "requests">,
): Promise<Shown | string | undefined> {
  const run = await prepare(suite, { ...options, requests: 0 }, Number.POSITIVE_INFINITY);
  if (typeof run === "string") return run;
  const control = await ask(run, run.requests.good, "fresh");
  if (!suite.succeeded(control)) return `the good request did not succeed: ${describeAnswer(control)}`;
  // Only a request that was known to be valid can have had a wrong answer.
  const fuzzCase = { request, changes: [], answerKnown: kind === "wrong-answer" };
  return show(run, fuzzCase, kind, options.limits.requestMs);
}

function isQuick({ name, fixture, inputs, sample }: ModelInfo): boolean {
  return !(fixture && LEFT_OUT.has(name)) && (inputs.length > 0 || sample !== undefined);
}

function withoutRequests(suite: Suite, reason: string): SuiteFuzz {
  const none = { sent: 0, succeeded: 0, refused: 0, serverErrors: 0, other: 0, unrepeated: 0 };
  return { suite: suite.id, ...none, endedEarly: reason };
}

import { seededRandom } from "../../../../src/base/random.ts";
import { type Case, generate, wholeFrames } from "./cases.ts";
import { endOfGoaway, exceptionFor, resetsWithoutError } from "./exceptions.ts";
import { runNode } from "./node-oracle.ts";
import type { Outcomes } from "./outcome.ts";
import { runSubject } from "./subject.ts";

const CONTINUATION = 9;
const AFTER_GOAWAY = "6.8: node:http2 ends the session without a word when it has received GOAWAY";

/** What a case came to: where the two disagree, and whether an exception of the list covers it. */
export interface Verdict {
  readonly seed: string;
  readonly responses: number;
  readonly divergence?: string;
  readonly exception?: string;
}

/** Compares the wire engine with node:http2 on the case of a seed. */
export async function compare(seed: string): Promise<Verdict> {
  const each = generate(seed);
  const verdict = await compareCase(each);
  const leaves = endOfGoaway(each);
  if (verdict.divergence === undefined || leaves === undefined) return verdict;
  const until = await compareCase({ ...each, rest: each.rest.subarray(0, leaves) });
  return until.divergence === undefined ? { ...until, exception: AFTER_GOAWAY } : verdict;
}

async function compareCase(each: Case): Promise<Verdict> {
  const { seed, calls: responses, rest } = each;
  const whole = runSubject(each, []);
  const torn = runSubject(each, cutsOf(each));
  if (!same(whole, torn)) return { seed, responses, divergence: `torn otherwise: ${text(whole)} / ${text(torn)}` };
  const node = await runNode(each, rest.length);
  if (whole.fault !== undefined || node.fault !== undefined)
    return { seed, responses, ...(await compareFaults(each, whole.fault)) };
  const divergence = agree(each, whole, node) ? undefined : `${text(whole)} / node ${text(node)}`;
  return { seed, responses, ...(divergence !== undefined && { divergence }) };
}

/** At least one of them gave the connection up: at the same frame, or there is an exception; and what came before is the same. */
async function compareFaults(
  each: Case,
  fault: string | undefined,
): Promise<Pick<Verdict, "divergence" | "exception">> {
  const bounds = boundsOf(each.rest);
  const ours = fault === undefined ? bounds.length - 1 : frameOf(bounds, runSubject(each, everywhere(each)).faultAt);
  const theirs = await firstFault(each, bounds, ours);
  const first = Math.min(ours, theirs);
  const length = bounds[first] as number;
  const before = { ...each, rest: wholeFrames(each.rest.subarray(0, length)) };
  const [us, them] = [runSubject(before, everywhere(before)), await runNode(before, before.rest.length)];
  if (!agree(before, us, them)) return { divergence: `before frame ${first}: ${text(us)} / node ${text(them)}` };
  if (ours === theirs) return {};
  const exception = exceptionFor(each, length, bounds[first + 1] as number, ours > theirs);
  if (exception !== undefined) return { exception };
  const bytes = each.rest.subarray(length, length + 30).toString("hex");
  return { divergence: `frame ${ours} ${fault} / node frame ${theirs}: ${bytes}` };
}

function frameOf(bounds: readonly number[], at: number): number {
  return bounds.findLastIndex((bound) => bound < at);
}

/** Where frames begin, and the end of the last. CONTINUATION counts to the frame before it: a block may be judged before its end. */
function boundsOf(bytes: Buffer): readonly number[] {
  const bounds = [0];
  for (let at = 0; at + 9 <= bytes.length; ) {
    if (bytes[at + 3] === CONTINUATION && bounds.length > 1) bounds.pop();
    at = Math.min(bytes.length, at + 9 + bytes.readUIntBE(at, 3));
    bounds.push(at);
  }
  return bounds;
}

/** The first frame at which node:http2 gives the connection up, perhaps `guess`; the number of frames when it does not. */
async function firstFault(each: Case, bounds: readonly number[], guess: number): Promise<number> {
  const faulty = async (frames: number) =>
    frames > 0 && (await runNode(each, bounds[frames] as number)).fault !== undefined;
  let low = 0;
  let high = bounds.length - 1;
  if (guess < high && (await faulty(guess + 1))) high = guess;
  if (!(await faulty(guess))) low = guess;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await faulty(middle + 1)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Some places, or for one in four all. */
function cutsOf(each: Case): readonly number[] {
  const random = seededRandom(each.seed, "cuts");
  if (random.next() < 0.25) return everywhere(each);
  const cuts = Array.from({ length: random.integer(1, 8) }, () => random.integer(0, each.rest.length));
  return cuts.sort((a, b) => a - b);
}

function everywhere({ rest }: Case): readonly number[] {
  return Array.from({ length: rest.length }, (_, i) => i + 1);
}

/** What node:http2 gave up because the peer reset it may have been found wrong before; a reset without an error looks to it like an end. */
function agree(each: Case, ours: Outcomes, node: Outcomes): boolean {
  const calls = node.calls.map((call, i) => {
    const mine = ours.calls[i] as (typeof node.calls)[number];
    if (call === "reset" && mine === "malformed") return mine;
    return mine === "reset" && call !== "pending" && resetsWithoutError(each, 2 * i + 1) ? mine : call;
  });
  return same(ours, { ...node, calls });
}

function same(a: Outcomes, b: Outcomes): boolean {
  return (
    a.calls.join("|") === b.calls.join("|") &&
    a.reusable === b.reusable &&
    (a.fault === undefined) === (b.fault === undefined)
  );
}

function text({ calls, reusable, fault }: Outcomes): string {
  const short = calls.map((call) => call.slice(0, 40)).join(" | ");
  return `[${short}${reusable ? "" : " gone"}${fault === undefined ? "" : ` fault ${fault}`}]`;
}

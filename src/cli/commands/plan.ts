import { InfermarkError } from "../../base/errors.ts";
import { parseThreshold, type Threshold } from "../../base/threshold.ts";
import { capacityJson, renderCapacity } from "../../report/index.ts";
import { type CapacityQuestion, type ExpectedArrivals, planCapacity } from "../../result/capacity/index.ts";
import { type ResultDocument } from "../../result/index.ts";
import { indexOfDispersion } from "../../statistics/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { readTrace } from "../load-shape.ts";
import { parseShare } from "../percent.ts";
import { unknownId } from "../suggest.ts";

type Flags = Readonly<Record<string, unknown>>;

const ARRIVALS = ["constant", "poisson"] as const;
const HEADROOM = 0.3;

/** Tells how many replicas carry a rate, from what a document measured. Exit 4 when none of it tells; throws USAGE when it holds no load. */
export async function plan(file: string, flags: Flags): Promise<number> {
  const document = readDocument(file);
  const question = questionFrom(flags, document);
  const plans = planCapacity(document.load, question);
  if (plans.length === 0)
    throw new InfermarkError("USAGE", `${file} holds no load`, {
      hint: "give the result.json of `infermark load` over several --rate or --concurrency, or with --search",
    });
  process.stdout.write(flags["json"] === true ? capacityJson(plans, question) : renderCapacity(plans, question));
  return plans.some((each) => "limit" in each) ? ExitCode.ok : ExitCode.undecided;
}

function questionFrom(flags: Flags, document: ResultDocument): CapacityQuestion {
  const text = (name: string) => flags[name] as string | undefined;
  const [rate, price, headroom, spare] = [text("targetRate"), text("pricePerHour"), text("headroom"), text("spare")];
  return {
    objectives: objectivesFrom(flags["slo"] as readonly string[] | undefined, document),
    arrivals: arrivalsFrom(text("arrivals"), text("dispersion"), text("trace")),
    headroom: headroom === undefined ? HEADROOM : parseShare(headroom, "--headroom"),
    spare: spare === undefined ? 1 : numberFrom(spare, "--spare", /^\d{1,6}$/),
    ...(rate !== undefined && { targetRate: positiveFrom(rate.replace(/\s*\/s$/, ""), "--target-rate") }),
    ...(price !== undefined && { pricePerHour: positiveFrom(price, "--price-per-hour") }),
  };
}

/** Those that are given; else those that the document's searches were held to. */
function objectivesFrom(given: readonly string[] | undefined, { load }: ResultDocument): readonly Threshold[] {
  const searched = load?.runs.find(({ search }) => search !== undefined)?.search?.objectives ?? [];
  const objectives = (given ?? searched).map(parseThreshold);
  const ofStage = objectives.find(({ stage }) => stage !== undefined);
  if (!ofStage) return objectives;
  throw new InfermarkError("USAGE", `--slo "${ofStage.expression}" is of a stage, and stages are not planned from`, {
    hint: "write it like p99<50ms",
  });
}

function arrivalsFrom(kind?: string, dispersion?: string, trace?: string): ExpectedArrivals {
  if ([kind, dispersion, trace].filter((each) => each !== undefined).length > 1)
    throw new InfermarkError("USAGE", "--arrivals, --dispersion and --trace all say how requests come", {
      hint: "give one of them",
    });
  if (trace !== undefined) {
    const index = indexOfDispersion(readTrace(trace));
    if (index !== undefined) return { kind: "bursty", dispersion: index };
    throw new InfermarkError("USAGE", `${trace} holds too few instants to tell how they are dispersed`, {
      hint: "give at least some hundred",
    });
  }
  if (dispersion !== undefined)
    return { kind: "bursty", dispersion: numberFrom(dispersion, "--dispersion", /^\d{1,9}(\.\d+)?$/) };
  const found = ARRIVALS.find((each) => each === (kind ?? "poisson"));
  if (found === undefined) throw unknownId("arrivals", kind ?? "", ARRIVALS);
  return { kind: found, dispersion: found === "constant" ? 0 : 1 };
}

function positiveFrom(text: string, option: string): number {
  const value = numberFrom(text, option, /^\d{1,12}(\.\d+)?$/);
  if (value > 0) return value;
  throw new InfermarkError("USAGE", `${option} ${text} is not positive`, { hint: "give a number above 0" });
}

function numberFrom(text: string, option: string, form: RegExp): number {
  if (form.test(text)) return Number(text);
  throw new InfermarkError("USAGE", `${option} "${text}" cannot be used`, { hint: "give a number" });
}

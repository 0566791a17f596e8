import { InfermarkError } from "../../base/errors.ts";
import type { SuiteRegistry } from "../check-registry.ts";
import type { ResultDocument } from "../document.gen.ts";
import { type ConformanceComparison, compareConformance } from "./conformance.ts";
import { type ComparedPoint, compareLoad, type LoadComparison } from "./load.ts";
import type { PointSettings } from "./match-points.ts";

/** The least relative change of a number of the load that matters unless told otherwise: 3 %. */
export const DEFAULT_MIN_EFFECT = 0.03;

/** Something that is said of a run and differs between two. */
export interface Fact {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What changed from one document to another. */
export interface Comparison {
  readonly facts: readonly Fact[];
  /** Absent when no check ran in both. */
  readonly conformance?: ConformanceComparison;
  /** Absent when nothing was measured with equal settings in both. */
  readonly load?: LoadComparison;
  /** Why the second is worse than the first; empty when it is not. */
  readonly worse: readonly string[];
}

/**
 * What changed between two documents. `registry` is that of this program, which knows the successors of retired checks; `minEffect` is
 * the least relative change of the load's numbers that matters. Throws USAGE for documents that have nothing in common.
 */
export function compareDocuments(
  before: ResultDocument,
  after: ResultDocument,
  registry: readonly SuiteRegistry[] = [],
  minEffect = DEFAULT_MIN_EFFECT,
): Comparison {
  const conformance = compareConformance(before, after, registry);
  const load = compareLoad(before.load, after.load, minEffect);
  if (!conformance && !load)
    throw new InfermarkError(
      "USAGE",
      "the documents cannot be compared: no check ran in both, and no load was measured with equal settings",
      {
        hint: "give documents with a suite in common, or of load with the same protocol, encoding, model, batch and load",
      },
    );
  return {
    facts: factsOf(before, after),
    ...(conformance && { conformance }),
    ...(load && { load }),
    worse: [...(conformance?.worse ?? []), ...(load?.points ?? []).flatMap(worseNumbers)],
  };
}

function worseNumbers({ settings, numbers }: ComparedPoint): readonly string[] {
  return numbers
    .filter(({ verdict }) => verdict === "regressed")
    .map(({ metric }) => `${metric} regressed at ${loadOf(settings)}`);
}

function loadOf({ protocol, model, concurrency, requestRate, stage }: PointSettings): string {
  const load = concurrency === undefined ? `${requestRate ?? 0}/s` : `${concurrency} in flight`;
  return `${stage ?? load}, ${protocol} ${model}`;
}

function factsOf(before: ResultDocument, after: ResultDocument): readonly Fact[] {
  const told = (document: ResultDocument): Readonly<Record<string, string | undefined>> => {
    const { tool, subject, targets, conformance, partial, run } = document;
    const [target] = targets;
    const plan = conformance?.plan;
    return {
      "tool version": tool.version,
      runtime: subject.runtime ?? target?.server.name,
      "runtime version": subject.runtime === undefined ? target?.server.version : subject.version,
      image: subject.imageDigest,
      hardware: subject.hardware,
      "processor of this side": `${run.environment.cpu}, ${run.environment.cores} logical`,
      REST: target?.rest,
      gRPC: target?.grpc,
      seed: String(run.seed),
      partial: partial ? "yes" : "no",
      "safe mode": onOff(plan?.safe),
      "dangerous checks": onOff(plan?.dangerous),
      "keyword clauses alone": onOff(plan?.onlyKeyword),
      ...highestLoads(document),
    };
  };
  const [first, second] = [told(before), told(after)];
  const single = Object.keys({ ...first, ...second }).flatMap((what) =>
    fact(what, first[what] ?? "", second[what] ?? ""),
  );
  const lists = (["models", "extensions"] as const).flatMap((what) => {
    const [was, is] = [listed(before)[what], listed(after)[what]];
    const only = (names: readonly string[], others: readonly string[]) =>
      names.filter((name) => !others.includes(name));
    return fact(`${what} that differ`, only(was, is).join(", "), only(is, was).join(", "));
  });
  return [...single, ...lists];
}

/** What searches found: it follows from what was tried, and has no interval of its own. */
function highestLoads({ load }: ResultDocument): Readonly<Record<string, string>> {
  const searches = (load?.runs ?? []).flatMap(({ search, points: [point] }) =>
    search && point ? [{ search, point }] : [],
  );
  return Object.fromEntries(
    searches.map(({ search: { over, objectives, best }, point: { protocol, encoding, model, batch } }) => [
      `highest ${over} with ${objectives.join(", ")} (${protocol}, ${encoding}, ${model}, batch ${batch})`,
      best === undefined ? "none" : String(Number(best.toPrecision(6))),
    ]),
  );
}

function fact(what: string, before: string, after: string): Fact[] {
  return before === after ? [] : [{ what, before, after }];
}

function listed({ targets }: ResultDocument): Readonly<Record<"models" | "extensions", readonly string[]>> {
  const [target] = targets;
  return { models: target?.models.map(({ name }) => name) ?? [], extensions: target?.server.extensions ?? [] };
}

function onOff(flag: boolean | undefined): string {
  return flag ? "on" : "off";
}

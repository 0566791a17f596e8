import { InfermarkError } from "../../base/errors.ts";
import type { SuiteRegistry } from "../check-registry.ts";
import type { ResultDocument } from "../document.gen.ts";
import { type ConformanceComparison, compareConformance } from "./conformance.ts";

/** Something that is said of a run and differs between two. */
export interface Fact {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What changed from one document to another. */
export interface Comparison {
  readonly facts: readonly Fact[];
  readonly conformance?: ConformanceComparison;
  /** Why the second is worse than the first; empty when it is not. */
  readonly worse: readonly string[];
}

/**
 * What changed between two documents. `registry` is that of this program, which knows the successors of retired checks.
 * Throws USAGE for documents that have nothing in common.
 */
export function compareDocuments(
  before: ResultDocument,
  after: ResultDocument,
  registry: readonly SuiteRegistry[] = [],
): Comparison {
  const conformance = compareConformance(before, after, registry);
  if (!conformance)
    throw new InfermarkError("USAGE", "the documents cannot be compared: no check ran in both", {
      hint: "give two documents of `infermark conformance` or `certify` with a suite in common",
    });
  return { facts: factsOf(before, after), conformance, worse: conformance.worse };
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
      REST: target?.rest,
      gRPC: target?.grpc,
      seed: String(run.seed),
      partial: partial ? "yes" : "no",
      "safe mode": onOff(plan?.safe),
      "dangerous checks": onOff(plan?.dangerous),
      "keyword clauses alone": onOff(plan?.onlyKeyword),
    };
  };
  const [first, second] = [told(before), told(after)];
  const single = Object.keys(first).flatMap((what) => fact(what, first[what] ?? "", second[what] ?? ""));
  const lists = (["models", "extensions"] as const).flatMap((what) => {
    const [was, is] = [listed(before)[what], listed(after)[what]];
    const only = (names: readonly string[], others: readonly string[]) =>
      names.filter((name) => !others.includes(name));
    return fact(`${what} that differ`, only(was, is).join(", "), only(is, was).join(", "));
  });
  return [...single, ...lists];
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

import type { ModelInfo, TargetInfo } from "../target/model.ts";
import type { Exchange, WireRequest } from "../transport/exchange.ts";
import type { Check, CheckContext } from "./check.ts";
import type { Clause } from "./clause.ts";
import type { Fuzzing } from "./fuzz/fuzzing.ts";

/** A capability that some targets lack. Checks that require it are skipped, and listed, where it is missing. */
export interface Feature {
  readonly title: string;
  /** Undefined when offered, else why not. */
  missing(info: TargetInfo): string | undefined;
  /** Few models have it but the fixture models, so that checks which need it are of the extended level. */
  readonly rare?: true;
}

/** A model that lists versions: what checks about explicit versions need. */
export const listsVersions: Feature = {
  title: "a model that lists versions",
  missing: ({ models }) => (models.some(({ versions }) => versions.length > 0) ? undefined : "no model lists versions"),
};

/** The first model that lists versions, the model under test where none does. */
export function versionedModel({ info, model }: Pick<CheckContext, "info" | "model">): ModelInfo {
  return info.models.find(({ versions }) => versions.length > 0) ?? model;
}

/** Everything the kit needs to know about one protocol binding. */
export interface Suite {
  readonly id: string;
  readonly title: string;
  /** Which address of the target it talks to; `both` where it compares what they answer. */
  readonly transport: "rest" | "grpc" | "both";
  /** Bindings that it compares: it is claimed when all of them answer. */
  readonly compares?: readonly string[];
  /** The name in server metadata by which a server says that it offers this; without one the probe finds out. */
  readonly extension?: string;
  readonly specifications: readonly { readonly document: string; readonly revision: string }[];
  readonly features: Readonly<Record<string, Feature>>;
  readonly clauses: Readonly<Record<string, Clause>>;
  /** In the order of the specification. */
  readonly checks: readonly Check[];
  /** Ids that are no longer in use; a baseline that names one is told the successor. */
  readonly retired: Readonly<Record<string, { readonly successor?: string; readonly why: string }>>;
  /** The kind of endpoint a request goes to, e.g. "infer"; undefined when it is none of this binding's. */
  endpointOf(request: WireRequest): string | undefined;
  /** Whether the answer says that the request succeeded. */
  succeeded(exchange: Exchange): boolean;
  /** What is wrong with a request of ours by the protocol's own schema; undefined when valid. */
  requestProblem?(request: WireRequest): string | undefined;
  /** A request that any live server answers; asked after a connection broke. */
  alive(): WireRequest;
  /** What it adds to the fuzz phase; loaded when that runs. */
  readonly fuzz?: () => Promise<Fuzzing>;
}

/** `core`: the checks that work on any model; `extended`: all of them, those that need a fixture model too. */
export type ProfileLevel = "core" | "extended";
/** The addresses that a suite needs. */
export function transportsOf({
  transport,
}: Pick<Suite, "transport">): readonly ["rest" | "grpc", ...("rest" | "grpc")[]] {
  return transport === "both" ? ["rest", "grpc"] : [transport];
}

/** A claim that a target can earn: all checks of its suites, none failed, none skipped. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly suites: readonly string[];
  /** The levels at which it is judged; it is earned as a whole when it is earned at the extended level. */
  readonly levels: readonly ProfileLevel[];
}

/** The lowest level of which a check is part. */
export function levelOf(
  { requires = [] }: Pick<Check, "requires">,
  { features }: Pick<Suite, "features">,
): ProfileLevel {
  const needsFixture = requires.some((each) => each.startsWith("model:") || features[each]?.rare === true);
  return needsFixture ? "extended" : "core";
}

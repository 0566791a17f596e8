import type { Clock } from "../base/clock.ts";
import { InfermarkError } from "../base/errors.ts";
import type { Transport } from "../transport/index.ts";
import { FIXTURES } from "./fixtures.ts";
import type { BindingInfo, ModelInfo, ServerInfo, TargetInfo, Tensor } from "./model.ts";
import type { ServerMetadataResponse } from "./oip-messages.ts";
import { findModel, listedNames, strings, unknownModel } from "./probe-model.ts";
import {
  BINDING_IDS,
  type BindingId,
  type Observation,
  type Questions,
  questions,
  type RestAnswer,
  SIDE_BINDING_IDS,
  type SideBindingId,
  transportOf,
} from "./probe-questions.ts";
import { textModel } from "./text-generation.ts";
import { waitReady } from "./wait-ready.ts";

export interface ProbeOptions {
  /** Which protocols the target has an address for. */
  readonly rest: boolean;
  readonly grpc: boolean;
  /** Models that the user names; they are kept whatever the target says of them. */
  readonly models: readonly string[];
  /** Looks for the fixture models and recognises them. */
  readonly fixtures: boolean;
  /** The tensors of `--input`, for the models that the user names. */
  readonly sample?: readonly Tensor[];
  /** For each request. */
  readonly deadlineMs: number;
  /** Waits this long for the target to be ready; without it readiness does not matter. */
  readonly waitReadyMs?: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Of a longer listing only the first are looked at. */
const MAX_LISTED = 100;

/**
 * Finds out which protocols a target speaks and which models it has. Broken answers are information, not errors. Throws
 * TARGET_UNREACHABLE, TARGET_NEVER_READY, CREDENTIALS_REFUSED, or USAGE when no model is known; the signal's reason when
 * it aborts.
 */
export async function probeTarget(transport: Transport, options: ProbeOptions): Promise<TargetInfo> {
  const { waitReadyMs, signal } = options;
  if (waitReadyMs !== undefined) await waitReady(transport, { ...options, waitReadyMs });
  const ask = questions(transport, { deadlineMs: options.deadlineMs, ...(signal && { signal }) });
  const sides = SIDE_BINDING_IDS.filter((binding) => binding !== "v2-generate" && hasAddress(binding, options));
  const [front, named] = await Promise.all([
    askServer(ask, options),
    findNamed(
      ask,
      options,
      BINDING_IDS.filter((binding) => hasAddress(binding, options)),
    ),
    ...sides.map((binding) => ask.lookFor(binding)),
  ]);
  rejectUnusable(ask.observations);
  const models = [...named, ...(await findOthers(ask, options, front.v1Models))];
  signal?.throwIfAborted();
  if (models.length === 0) {
    const refused = ask.observations.find(({ refusedCredentials }) => refusedCredentials);
    if (refused) throw credentialsRefused(`the target refuses ${refused.question} (${refused.answer})`);
    throw new InfermarkError("USAGE", "the target has no fixture model and lists no model", {
      hint: "name a model that it serves: --model NAME",
    });
  }
  if (options.rest && isReachable("v2-rest", ask)) await ask.lookFor("v2-generate", textModel(models));
  return {
    rest: options.rest,
    grpc: options.grpc,
    bindings: Object.fromEntries(
      [...BINDING_IDS, ...SIDE_BINDING_IDS].map((binding) => [binding, bindingInfo(binding, ask)]),
    ),
    server: front.server,
    models,
  };
}

function hasAddress(binding: BindingId | SideBindingId, options: ProbeOptions): boolean {
  return options[transportOf(binding)];
}

interface ServerFront {
  readonly server: ServerInfo;
  readonly v1Models: RestAnswer;
}

async function askServer(ask: Questions, { rest, grpc }: ProbeOptions): Promise<ServerFront> {
  const [v2, v1Models, message] = await Promise.all([
    rest ? ask.get("v2-rest", "/v2") : {},
    rest ? ask.get("v1-rest", "/v1/models") : {},
    grpc ? ask.call("ServerMetadata") : undefined,
    rest && ask.get("v2-rest", "/v2/health/live"),
    rest && ask.get("v2-rest", "/v2/health/ready"),
    grpc && ask.call("ServerLive"),
  ]);
  return { server: serverFromJson(v2) ?? serverFromMessage(message), v1Models };
}

function serverFromJson({ status, object }: RestAnswer): ServerInfo | undefined {
  const name = object?.get("name");
  const version = object?.get("version");
  if (status !== 200 || typeof name !== "string") return undefined;
  return { name, ...(typeof version === "string" && { version }), extensions: strings(object?.get("extensions")) };
}

function serverFromMessage(message: ServerMetadataResponse | undefined): ServerInfo {
  if (!message) return { extensions: [] };
  const { name, version, extensions } = message;
  return { ...(name !== "" && { name }), ...(version !== "" && { version }), extensions };
}

function findNamed(
  ask: Questions,
  { models, fixtures, sample }: ProbeOptions,
  bindings: readonly BindingId[],
): Promise<readonly ModelInfo[]> {
  return Promise.all(
    [...new Set(models)].map(async (name) => ({
      ...((await findModel(ask, name, { bindings, fixtures })) ?? unknownModel(name)),
      ...(sample && { sample }),
    })),
  );
}

/** The fixture models that the user did not name; where no model is known at all, what the target lists. */
async function findOthers(ask: Questions, options: ProbeOptions, v1Models: RestAnswer): Promise<readonly ModelInfo[]> {
  const bindings = BINDING_IDS.filter((binding) => hasAddress(binding, options) && isReachable(binding, ask));
  const find = async (names: readonly string[]) =>
    Promise.all(names.map((name) => findModel(ask, name, { bindings, fixtures: options.fixtures })));
  const unnamed = options.fixtures ? [...FIXTURES.keys()].filter((name) => !options.models.includes(name)) : [];
  const fixtures = (await find(unnamed)).filter((model) => model?.fixture === true) as readonly ModelInfo[];
  if (fixtures.length > 0 || options.models.length > 0) return fixtures;
  const names = new Set([...(await indexNames(ask, options)), ...listedNames(v1Models.object?.get("models"))]);
  const listed = [...names].slice(0, MAX_LISTED);
  return (await find(listed)).map((model, index) => model ?? unknownModel(listed[index] as string));
}

async function indexNames(ask: Questions, { rest }: ProbeOptions): Promise<readonly string[]> {
  return rest ? listedNames((await ask.post("v2-rest", "/v2/repository/index")).json) : [];
}

/** An address that gave nothing so far is not asked for every fixture: each request may take its whole deadline. */
function isReachable(binding: BindingId, { observations }: Questions): boolean {
  const sameAddress = observations.filter((each) => transportOf(each.binding) === transportOf(binding));
  return sameAddress.some(({ unreachable }) => unreachable === undefined);
}

function rejectUnusable(observations: readonly Observation[]): void {
  if (observations.length > 0 && observations.every(({ unreachable }) => unreachable !== undefined)) {
    throw new InfermarkError("TARGET_UNREACHABLE", `the target cannot be reached (${whyUnreachable(observations)})`, {
      hint: "check that it runs and that address, port and TLS are right; --wait-ready waits for it to start",
    });
  }
  const answered = observations.filter(({ unreachable }) => unreachable === undefined);
  if (answered.length > 0 && answered.every(({ refusedCredentials }) => refusedCredentials)) {
    throw credentialsRefused(`the target refuses every request (${answered[0]?.answer})`);
  }
}

/** One reason for each address. */
function whyUnreachable(observations: readonly Observation[]): string {
  const rest = observations.find(({ binding }) => transportOf(binding) === "rest");
  const grpc = observations.find(({ binding }) => transportOf(binding) === "grpc");
  return [rest && `REST ${rest.answer}`, grpc && `gRPC ${grpc.answer}`].filter(Boolean).join("; ");
}

function credentialsRefused(message: string): InfermarkError {
  return new InfermarkError("CREDENTIALS_REFUSED", message, { hint: "give a token or a header that it accepts" });
}

function bindingInfo(binding: BindingId | SideBindingId, { observations, sideObservations }: Questions): BindingInfo {
  // Sorted, because answers arrive in any order and a report must not change with it.
  const own = [...observations, ...sideObservations]
    .filter((each) => each.binding === binding)
    .toSorted((a, b) => (a.question < b.question ? -1 : 1));
  const proof = own.find(({ answers }) => answers);
  if (proof) return { answers: true, evidence: `${proof.question} was answered with ${proof.answer}` };
  const [first] = own;
  if (first) {
    const evidence = `none of ${own.length} requests found an endpoint (${first.question}: ${first.answer})`;
    return { answers: false, evidence };
  }
  return { answers: false, evidence: `the target has no ${transportOf(binding) === "grpc" ? "gRPC" : "REST"} address` };
}

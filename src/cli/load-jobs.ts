import type { SuiteEntry } from "../../suites/index.ts";
import { InfermarkError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { type TargetInfo, transportsOf } from "../conformance/index.ts";
import {
  createEngine,
  type LoadEngineId,
  type LoadPlan,
  parseLoadPlan,
  type RequestPart,
  speaks,
  type Workload,
} from "../load/index.ts";
import { isLoopback, type ModelInfo } from "../target/index.ts";
import type { Collector } from "../telemetry/index.ts";
import type { Endpoint } from "../transport/index.ts";
import { collectorsFor, metricsUrls } from "./collectors.ts";
import { mixName, readMix } from "./load-mix.ts";
import { loadShapes } from "./load-shape.ts";
import { parseWorkers } from "./load-workers.ts";
import { readPlans } from "./plan-file.ts";
import type { Settings } from "./settings.ts";
import { unknownId } from "./suggest.ts";
import type { TargetSetup } from "./target.ts";

/** One load run, known to be possible. */
export interface LoadJob {
  readonly plan: LoadPlan;
  readonly workload: Workload;
  readonly model: ModelInfo;
  /** The models of the plan's mix, where it has one. */
  readonly parts?: readonly RequestPart[];
  readonly endpoint: Endpoint;
  /** Watch each point in turn. */
  readonly collectors: readonly Collector[];
}

/** What can be seen to be wrong before the target is asked anything. Throws USAGE. */
export function checkLoadSettings(settings: Settings, target: TargetSetup, suites: readonly SuiteEntry[]): void {
  metricsUrls(settings);
  const plans = settings.plan === undefined ? [] : readPlans(settings.plan);
  parseWorkers(settings.workers);
  if (settings.plan === undefined) checkChoices(settings, target, suites);
  for (const plan of plans) endpointFor(sourceOf(plan, suites).entry, target);
  const remote = [target.transport.rest, target.transport.grpc].find((endpoint) => endpoint && !isLoopback(endpoint));
  if (remote && !settings.allowRemote) {
    throw new InfermarkError("USAGE", `${remote.host} is not this machine, and load can harm a service`, {
      hint: "add --allow-remote when you may load it",
    });
  }
}

function checkChoices(settings: Settings, target: TargetSetup, suites: readonly SuiteEntry[]): void {
  const loadable = suites.filter(({ workloads }) => workloads.length > 0).map(({ suite }) => suite.id);
  for (const id of settings.protocol) if (!loadable.includes(id)) throw unknownId("protocol", id, loadable);
  const asked = suites.filter(({ suite }) => settings.protocol.includes(suite.id));
  for (const entry of asked) endpointFor(entry, target);
  for (const encoding of settings.encoding) {
    const among = asked.length > 0 ? asked : suites;
    if (!among.some((entry) => canSend(entry, { ...settings, encoding: [encoding] })))
      throw new InfermarkError("USAGE", `no protocol has the encoding "${encoding}" with this engine`, {
        hint: among.flatMap(encodingsOf).join("; "),
      });
  }
  const able = asked.length > 0 ? asked : suites.filter((entry) => canSend(entry, settings)).slice(0, 1);
  for (const entry of able)
    for (const workload of workloadsOf(entry, settings)) plansFor(entry, settings, workload, "unknown yet");
}

export interface PrepareLoadOptions {
  readonly settings: Settings;
  readonly target: TargetSetup;
  readonly info: TargetInfo;
  readonly suites: readonly SuiteEntry[];
}

/**
 * The load runs over every protocol that was asked for, or that the target offers and that carries the model; none when it offers none.
 * Nothing is sent. Throws USAGE when one that was asked for cannot be run, or none of those that are offered.
 */
export async function prepareLoad(options: PrepareLoadOptions): Promise<readonly LoadJob[]> {
  const { plan, protocol } = options.settings;
  const jobs = plan === undefined ? jobsAsked(options) : jobsOf(plan, options);
  const problems = jobs.map(encodingProblem);
  const able = jobs.filter((_, index) => problems[index] === undefined);
  const problem = problems.find((each) => each !== undefined);
  if (problem && (plan !== undefined || protocol.length > 0 || able.length === 0)) throw problem;
  for (const job of able) {
    const engine = await createEngine(job.plan.engine, job.endpoint);
    await engine.close();
  }
  return able;
}

/** Why the requests of a job cannot be made. */
function encodingProblem({ plan, workload, model, parts }: LoadJob): InfermarkError | undefined {
  try {
    for (const each of parts ?? [plan.batch].flat().map((batch) => ({ model, batch }))) {
      const { name, inputs, sample } = each.model;
      if (inputs.length === 0 && sample === undefined)
        throw new InfermarkError("USAGE", `the target tells no inputs of a model ${name}`, {
          hint: "check its name, or give a request with --input",
        });
      workload.encode({ ...each, random: seededRandom(plan.seed, "load"), count: 1 });
    }
    return undefined;
  } catch (error) {
    if (error instanceof InfermarkError) return error;
    throw error;
  }
}

function jobsAsked({ settings, target, info, suites }: PrepareLoadOptions): readonly LoadJob[] {
  const asked = suites.filter((entry) =>
    settings.protocol.length > 0
      ? settings.protocol.includes(entry.suite.id)
      : canSend(entry, settings) &&
        info[transportsOf(entry.suite)[0]] &&
        info.bindings[entry.suite.id]?.answers === true,
  );
  return asked.flatMap((entry) => {
    const endpoint = target.transport[transportsOf(entry.suite)[0]];
    if (!endpoint) return [];
    const mix = readMix(settings);
    const called =
      mix.length > 0 ? [mixName(mix)] : modelsFor(entry, settings.model, info, target).map(({ name }) => name);
    return called.flatMap((name) =>
      workloadsOf(entry, settings).flatMap((workload) =>
        plansFor(entry, settings, workload, name).map((plan) => ({
          plan,
          workload,
          endpoint,
          ...modelsOf(entry, plan, { settings, target, info }),
        })),
      ),
    );
  });
}

/** The model of a plan, or those of its mix, and what watches them. */
function modelsOf(
  entry: SuiteEntry,
  { model: name, mix }: LoadPlan,
  { settings, target, info }: Omit<PrepareLoadOptions, "suites">,
): Pick<LoadJob, "model" | "parts" | "collectors"> {
  const models = modelsFor(entry, mix ? mix.map((part) => part.model) : [name], info, target);
  const [model] = models as [ModelInfo];
  const parts = mix?.map((part, index) => ({ ...part, model: models[index] as ModelInfo }));
  return {
    model,
    ...(parts && { parts }),
    collectors: collectorsFor(settings, target, parts ? undefined : model.name),
  };
}

function jobsOf(file: string, { settings, target, info, suites }: PrepareLoadOptions): readonly LoadJob[] {
  return readPlans(file).map((plan) => {
    const { entry, workload } = sourceOf(plan, suites);
    const models = modelsOf(entry, plan, { settings, target, info });
    return { plan, workload, endpoint: endpointFor(entry, target), ...models };
  });
}

function sourceOf({ protocol, encoding }: LoadPlan, suites: readonly SuiteEntry[]) {
  const entry = suites.find(({ suite }) => suite.id === protocol);
  const workload = entry?.workloads.find((each) => each.encoding === encoding);
  if (!entry || !workload)
    throw new InfermarkError("USAGE", `${protocol} has no encoding "${encoding}"`, {
      hint: suites.flatMap(encodingsOf).join("; "),
    });
  return { entry, workload };
}

function endpointFor({ suite }: SuiteEntry, { transport }: TargetSetup): Endpoint {
  const [kind] = transportsOf(suite);
  const endpoint = transport[kind];
  if (endpoint) return endpoint;
  throw new InfermarkError("USAGE", `${suite.id} needs a ${kind === "rest" ? "REST" : "gRPC"} address`, {
    hint: `give it with --${kind}`,
  });
}

/** Whether a protocol has an encoding and speaks with the engine that the settings name, when they name any. */
function canSend({ workloads }: SuiteEntry, { encoding, engine }: Settings): boolean {
  return workloads.some(
    (workload) =>
      (encoding.length === 0 || encoding.includes(workload.encoding)) &&
      (engine === undefined || speaks(engine as LoadEngineId, workload.protocol)),
  );
}

function encodingsOf({ suite, workloads }: SuiteEntry): string[] {
  return workloads.length === 0 ? [] : [`${suite.id} has ${workloads.map(({ encoding }) => encoding).join(", ")}`];
}

/** Those with the encodings that were asked for; the first where none was. */
function workloadsOf({ suite, workloads }: SuiteEntry, { encoding }: Settings): readonly Workload[] {
  if (encoding.length === 0) return workloads.slice(0, 1);
  const found = workloads.filter((workload) => encoding.includes(workload.encoding));
  if (found.length > 0) return found;
  throw new InfermarkError("USAGE", `${suite.id} has no encoding "${encoding.join('" or "')}"`, {
    hint: `it has ${workloads.map((workload) => workload.encoding).join(", ")}`,
  });
}

/** V1 carries one tensor, so without a named model one with a single input is loaded. */
function modelsFor(
  { suite }: SuiteEntry,
  names: readonly string[],
  info: TargetInfo,
  { samples }: TargetSetup,
): readonly ModelInfo[] {
  const usable = (model: ModelInfo) => model.sample !== undefined || model.inputs.length === 1;
  const byDefault = () =>
    info.models.find(({ name, fixture }) => fixture && name === "identity_fp32") ?? info.models.find(usable);
  const found =
    names.length === 0 ? [byDefault()] : names.map((named) => info.models.find(({ name }) => name === named));
  const known = found.filter((model) => model !== undefined);
  if (known.length === found.length)
    return known.map((model) => (model.sample && samples ? { ...model, samples } : model));
  throw new InfermarkError("USAGE", `no model is known that ${suite.id} can be loaded with`, {
    hint: "name one with --model, its tensors with --input, or choose other protocols with --protocol",
  });
}

function plansFor({ suite }: SuiteEntry, settings: Settings, workload: Workload, model: string): readonly LoadPlan[] {
  const mix = readMix(settings);
  return loadShapes(settings).map((shape) =>
    parseLoadPlan({
      protocol: suite.id,
      encoding: workload.encoding,
      model,
      ...(mix.length > 0 && { mix }),
      engine: settings.engine ?? "wire",
      ...shape,
      requestTimeoutMs: settings.timeout,
      fullCheckEvery: 100,
      seed: settings.seed,
    }),
  );
}

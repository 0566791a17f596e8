import type { ConformanceResult } from "../conformance/result.ts";
import type { TargetInfo } from "../target/model.ts";
import { judgeBaseline } from "./baseline.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import { conformancePart } from "./conformance-part.ts";
import type {
  ConformancePlan,
  LoadRun,
  ResultDocument,
  Run,
  Subject,
  Target,
  Tool,
  Transcripts,
} from "./document.gen.ts";
import { fuzzPart } from "./fuzz-part.ts";
import { type GateOptions, gate } from "./gate.ts";
import { reachOf } from "./reach.ts";
import type { ReproOptions } from "./repro/repro.ts";
import { redactArgv, withoutSecrets, withoutUserInfo } from "./secrets.ts";
import { judgeThresholds } from "./thresholds.ts";

/** Everything that one run observed. */
export interface Observations {
  readonly tool: Tool;
  readonly run: Run;
  readonly subject: Subject;
  readonly target: {
    /** The REST URL and the gRPC address, as given. */
    readonly rest?: string;
    readonly grpc?: string;
    readonly info: TargetInfo;
  };
  /** All suites that exist, whether they ran or not. */
  readonly registry: readonly SuiteRegistry[];
  readonly conformance?: ConformanceResult;
  /** What the conformance part was asked to run. */
  readonly conformancePlan?: ConformancePlan;
  readonly load?: readonly LoadRun[];
  readonly transcripts?: Transcripts;
  /** Why the run ended before all that was asked had run, when the conformance part does not say so. */
  readonly endedEarly?: string;
}

export interface AssembleOptions extends ReproOptions, Omit<GateOptions, "registry"> {
  /** Names of headers whose values are secrets, beside credentials and cookies. */
  readonly secretHeaders?: readonly string[];
  /** Secret values, replaced wherever they stand in the document. */
  readonly secrets?: readonly string[];
}

/** The result document of a run: trimmed, without secrets, held against thresholds and baseline, with its exit code. */
export function assemble(observations: Observations, options: AssembleOptions): ResultDocument {
  const { registry, transcripts, conformance: result } = observations;
  const endedEarly = observations.endedEarly ?? result?.endedEarly;
  const partial = endedEarly !== undefined || (result?.partial ?? false);
  const run = { ...observations.run, argv: redactArgv(observations.run.argv) };
  const conformance = result && {
    ...conformancePart(result, { ...options, registry, secretHeaders: options.secretHeaders ?? [] }),
    ...(observations.conformancePlan && { plan: observations.conformancePlan }),
    ...(result.fuzz && { fuzz: fuzzPart(result.fuzz, { ...options, secretHeaders: options.secretHeaders ?? [] }) }),
  };
  const load = observations.load && { runs: [...observations.load] };
  const judged = {
    run,
    ...(conformance && { conformance }),
    ...(load && { load }),
    partial,
    ...(endedEarly !== undefined && { endedEarly }),
  };
  const document: ResultDocument = {
    schema: "infermark/result.v1",
    tool: { ...observations.tool },
    subject: { ...observations.subject },
    targets: [targetPart(observations.target, options)],
    ...judged,
    thresholds: judgeThresholds(options.thresholds ?? [], load),
    ...(options.baseline && { baseline: judgeBaseline(options.baseline, judged, registry) }),
    gate: gate(judged, { ...options, registry }),
    ...(transcripts && { transcripts: { ...transcripts } }),
  };
  return withoutSecrets(document, options.secrets ?? []);
}

function targetPart({ rest, grpc, info }: Observations["target"], options: ReproOptions): Target {
  const reach = {
    ...(options.rest && { rest: reachOf(options.rest) }),
    ...(options.grpc && { grpc: reachOf(options.grpc) }),
  };
  return {
    ...(rest !== undefined && { rest: withoutUserInfo(rest) }),
    ...(grpc !== undefined && { grpc: withoutUserInfo(grpc) }),
    ...(Object.keys(reach).length > 0 && { reach }),
    bindings: Object.entries(info.bindings).map(([id, binding]) => ({
      id,
      answers: binding.answers,
      evidence: binding.evidence,
    })),
    server: {
      ...(info.server.name !== undefined && { name: info.server.name }),
      ...(info.server.version !== undefined && { version: info.server.version }),
      extensions: [...info.server.extensions],
    },
    models: info.models.map(({ name, versions, platform, inputs, outputs, fixture }) => ({
      name,
      versions: [...versions],
      ...(platform !== undefined && { platform }),
      inputs: inputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
      outputs: outputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
      fixture,
    })),
  };
}

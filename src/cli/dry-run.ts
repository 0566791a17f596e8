import type { SuiteEntry } from "../../suites/index.ts";
import { systemClock } from "../base/clock.ts";
import { defaultLimits, runConformance, type Selection } from "../conformance/index.ts";
import { createWorld, fixtureModels, inProcess, type ReferenceModel } from "../reference/index.ts";
import { reproOf } from "../result/index.ts";
import { probeTarget } from "../target/index.ts";
import { recording } from "../transport/index.ts";
import { ExitCode } from "./exit-codes.ts";
import { runFuzzPart } from "./fuzz-part.ts";
import { decodeRequest } from "./repro-messages.ts";
import type { Settings } from "./settings.ts";
import type { TargetSetup } from "./target.ts";
import { DOCUMENT_FILE } from "./write-reports.ts";

const BODY_LIMIT = 4096;

/**
 * Prints every request that the selected checks would send, as a command against the target, and sends nothing to it:
 * the reference runtime in this process answers, with the user's models as identity models.
 */
export async function dryRun(
  selection: readonly Selection[],
  suites: readonly SuiteEntry[],
  { repro, sample }: TargetSetup,
  settings: Settings,
): Promise<number> {
  const world = createWorld({ models: withNamedModels(settings.model) });
  const transport = recording(
    inProcess({ handlers: suites.map(({ reference }) => reference), world }),
    ({ origin, exchange }) => {
      const { curl, grpcurl, replay } = reproOf(origin, exchange, {
        ...repro,
        decodeRequest,
        documentFile: DOCUMENT_FILE,
        bodyLimit: BODY_LIMIT,
      });
      process.stdout.write(
        `# ${origin}\n${curl ?? grpcurl ?? `# no command can express this request: ${replay ?? ""}`}\n`,
      );
    },
  );
  const rest = repro.rest !== undefined;
  const grpc = repro.grpc !== undefined;
  const info = await probeTarget(transport, {
    rest,
    grpc,
    models: settings.model,
    fixtures: settings.fixtures,
    deadlineMs: settings.timeout,
    clock: systemClock,
    ...(sample && { sample }),
  });
  const { seed, safe, dangerous, fuzz } = settings;
  const options = { transport, info, seed, clock: systemClock, limits: defaultLimits, safe, dangerous };
  const checked = await runConformance(selection, [], options);
  if (fuzz !== undefined) await runFuzzPart(suites, checked, { requests: fuzz, options });
  return ExitCode.ok;
}

function withNamedModels(names: readonly string[]): ReadonlyMap<string, ReferenceModel> {
  const models = new Map(fixtureModels());
  const identity = models.get("identity_fp32") as ReferenceModel;
  for (const name of names) if (!models.has(name)) models.set(name, { ...identity, name });
  return models;
}

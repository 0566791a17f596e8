import { profiles, type SuiteEntry } from "../../../suites/index.ts";
import { systemClock } from "../../base/clock.ts";
import { InfermarkError } from "../../base/errors.ts";
import { defaultLimits, runConformance } from "../../conformance/index.ts";
import {
  type Difference,
  differencesBetween,
  type JudgedAgain,
  type ResultDocument,
  rejudged,
} from "../../result/index.ts";
import { probeTarget } from "../../target/index.ts";
import { type RecordedExchange, readTranscript, replaying } from "../../transport/index.ts";
import { readDocument } from "../document.ts";
import { toolIdentity } from "../environment.ts";
import { ExitCode } from "../exit-codes.ts";
import { registryOf, runFuzzPart } from "../fuzz-part.ts";
import { allSuites } from "../own-suites.ts";
import { ownModules, planOf, requireCheck, transcriptsOf } from "../replayable.ts";
import { decodeRequest } from "../repro-messages.ts";
import { judgeableProfiles, selectChecks } from "../selection.ts";
import { samplesIn, withoutUndefined } from "../target.ts";
import { DOCUMENT_FILE } from "../write-reports.ts";

const SHOWN = 200;

/**
 * Makes a document again from its transcripts alone. Exit 0 when it comes out the same, 1 when a verdict, anything that
 * follows from the verdicts, or a recorded byte was changed since.
 */
export async function replayOffline(
  file: string,
  check: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const document = readDocument(file);
  if (check !== undefined) requireCheck(file, document, check);
  tellVersion(document);
  const edits = await findEdits(file, document, check, await allSuites(ownModules(flags)));
  for (const edit of edits) process.stdout.write(`${edit}\n`);
  if (edits.length > 0) return ExitCode.failed;
  const compared = document.conformance?.suites.flatMap((suite) => suite.checks).length ?? 0;
  const found = document.conformance?.fuzz?.findings.length ?? 0;
  const all = `${compared} verdicts${found > 0 ? ` and ${found} faults found by fuzzing` : ""}`;
  process.stdout.write(`${check ?? all} reached again from the transcripts\n`);
  return ExitCode.ok;
}

/** What was changed since the document was written, of one check or of all, a line each. Throws USAGE where that cannot be found out. */
export async function findEdits(
  file: string,
  document: ResultDocument,
  check: string | undefined,
  suites: readonly SuiteEntry[],
): Promise<readonly string[]> {
  if (document.partial)
    throw new InfermarkError("USAGE", `${file} is partial: what its run would have sent is not known`, {
      hint: "replay a document of a whole run",
    });
  const transcripts = transcriptsOf(file, document);
  if (transcripts === "edited")
    return [`${document.transcripts?.file} is not the file that the document names: its digest differs`];
  const differences = await differencesFrom(file, document, suites, readTranscript(transcripts));
  return differences.filter((difference) => check === undefined || difference.check === check).map(textOf);
}

async function differencesFrom(
  file: string,
  document: ResultDocument,
  suites: readonly SuiteEntry[],
  transcripts: readonly RecordedExchange[],
): Promise<readonly Difference[]> {
  const again = await judgeAgain(file, document, suites, transcripts);
  if (again instanceof InfermarkError) return [{ at: "targets", said: "a target that was judged", now: again.message }];
  const registry = registryOf(suites);
  const made = rejudged(document, again, { registry, decodeRequest, documentFile: DOCUMENT_FILE });
  // A document of before they knew how their commands reach the target does not let them be made again.
  const known = document.targets.every(({ reach }) => reach !== undefined);
  return differencesBetween(document, made).filter(({ at }) => known || !at.startsWith("repro"));
}

async function judgeAgain(
  file: string,
  document: ResultDocument,
  suites: readonly SuiteEntry[],
  transcripts: readonly RecordedExchange[],
): Promise<JudgedAgain | InfermarkError> {
  const plan = planOf(file, document);
  const { models, fixtures, suites: suite, profiles: profile = [], checks: check, safe, dangerous, timeoutMs } = plan;
  const selection = selectChecks({ suite, profile, check, dangerous }, suites, profiles);
  const transport = replaying(transcripts);
  const [target] = document.targets;
  const options = {
    rest: target?.rest !== undefined,
    grpc: target?.grpc !== undefined,
    models,
    fixtures,
    deadlineMs: timeoutMs,
    clock: systemClock,
    ...(plan.input !== undefined && withoutUndefined({ sample: samplesIn(plan.input).sample })),
  };
  const info = await probeTarget(transport, options).catch((thrown: unknown) => {
    // The recording does not answer what an edited plan asks.
    if (thrown instanceof InfermarkError) return thrown;
    throw thrown;
  });
  if (info instanceof InfermarkError) return info;
  const running = {
    transport,
    info,
    seed: document.run.seed,
    clock: { now: () => systemClock.now(), sleep: async () => {} },
    limits: { ...defaultLimits, requestMs: timeoutMs, ...withoutUndefined({ recoveryMs: plan.recoveryMs }) },
    safe,
    dangerous,
    onlyKeyword: plan.onlyKeyword ?? false,
    rerunFailures: plan.rerunFailures ?? 0,
  };
  const checked = await runConformance(selection, judgeableProfiles(selection, profiles), running);
  if (plan.fuzz === undefined) return { info, conformance: checked };
  const fuzz = await runFuzzPart(suites, checked, { requests: plan.fuzz, options: running });
  return { info, conformance: { ...checked, fuzz } };
}

function tellVersion({ tool }: ResultDocument): void {
  const { version } = toolIdentity();
  if (tool.version !== version)
    process.stderr.write(
      `infermark: the document was made by ${tool.version}, this is ${version}: where checks have changed, so may their verdicts\n`,
    );
}

function textOf({ check, at, said, now }: Difference): string {
  const where = check === undefined ? `${at}: ` : `${check}: `;
  const what = check === undefined || at === "outcome" ? "" : `${at} `;
  return `${where}the document says ${what}${shown(said)}, its transcripts say ${shown(now)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

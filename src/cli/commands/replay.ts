import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { profiles } from "../../../suites/index.ts";
import { systemClock } from "../../base/clock.ts";
import { InfermarkError } from "../../base/errors.ts";
import { type ConformanceResult, defaultLimits, runConformance } from "../../conformance/index.ts";
import type { ConformancePlan, ResultDocument } from "../../result/index.ts";
import { probeTarget } from "../../target/index.ts";
import { readTranscript, replaying } from "../../transport/index.ts";
import { readConfig } from "../config.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { allSuites } from "../own-suites.ts";
import { run } from "../run.ts";
import { selectChecks } from "../selection.ts";
import { settingsFrom } from "../settings.ts";
import { unknownId } from "../suggest.ts";
import { fileBytes } from "../target.ts";

const DEFAULT_OUT = "infermark-replay";

/**
 * Runs one check of a document, or all of them, again against the target that the document names; flags such as
 * `--rest` or `--token-env` win over it. Writes reports of its own.
 */
export async function replayLive(
  file: string,
  check: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const document = readDocument(file);
  const plan = planOf(file, document);
  if (check !== undefined) requireCheck(file, document, check);
  const [target] = document.targets;
  const settings = settingsFrom(
    { out: DEFAULT_OUT, ...flags },
    {
      ...(target?.rest !== undefined && { rest: target.rest }),
      ...(target?.grpc !== undefined && { grpc: target.grpc }),
      model: plan.models,
      fixtures: plan.fixtures,
      suite: check === undefined ? plan.suites : [],
      check: check === undefined ? plan.checks : [check],
      safe: plan.safe,
      dangerous: plan.dangerous,
      timeout: `${plan.timeoutMs}ms`,
      seed: document.run.seed,
      subject: document.subject,
      suites: ownModules(flags),
    },
  );
  return run(settings, { conformance: true, load: false }, ["replay", file, ...(check === undefined ? [] : [check])]);
}

/**
 * Reaches every verdict of a document again from its transcripts alone. Exit 0 when all agree, 1 when a verdict or a
 * recorded byte was changed since.
 */
export async function replayOffline(
  file: string,
  check: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const document = readDocument(file);
  if (check !== undefined) requireCheck(file, document, check);
  if (document.partial)
    throw new InfermarkError("USAGE", `${file} is partial: what its run would have sent is not known`, {
      hint: "replay a document of a whole run",
    });
  const transcripts = transcriptsOf(file, document);
  if (transcripts === "edited") {
    process.stdout.write(`${document.transcripts?.file} is not the file that the document names: its digest differs\n`);
    return ExitCode.failed;
  }
  const judged = await judgeAgain(planOf(file, document), document, transcripts, ownModules(flags));
  const differences = differencesOf(document, judged).filter(({ id }) => check === undefined || id === check);
  for (const { id, said, now } of differences)
    process.stdout.write(`${id}: the document says ${said}, its transcripts say ${now}\n`);
  const compared = document.conformance?.suites.flatMap((suite) => suite.checks).length ?? 0;
  if (differences.length === 0)
    process.stdout.write(`${check ?? `${compared} verdicts`} reached again from the transcripts\n`);
  return differences.length === 0 ? ExitCode.ok : ExitCode.failed;
}

/** A document does not hold the checks themselves; those of one's own come from where infermark.yaml says. */
function ownModules({ config }: Readonly<Record<string, unknown>>): readonly string[] {
  return (readConfig(config as string | undefined)["suites"] as readonly string[] | undefined) ?? [];
}

function planOf(file: string, { conformance }: ResultDocument): ConformancePlan {
  if (conformance?.plan) return conformance.plan;
  throw new InfermarkError("USAGE", `${file} holds no checks to replay`, {
    hint: "give the result.json of `infermark conformance` or `certify`",
  });
}

function requireCheck(file: string, { conformance }: ResultDocument, check: string): void {
  const ids = conformance?.suites.flatMap((suite) => suite.checks.map(({ id }) => id)) ?? [];
  if (!ids.includes(check)) throw unknownId(`check in ${file}`, check, ids);
}

function transcriptsOf(file: string, { transcripts }: ResultDocument): Uint8Array | "edited" {
  if (!transcripts)
    throw new InfermarkError("USAGE", `${file} names no transcripts`, { hint: "replay it without --offline" });
  const bytes = fileBytes(join(dirname(file), transcripts.file));
  return createHash("sha256").update(bytes).digest("hex") === transcripts.sha256 ? bytes : "edited";
}

async function judgeAgain(
  plan: ConformancePlan,
  document: ResultDocument,
  transcripts: Uint8Array,
  modules: readonly string[],
): Promise<ConformanceResult> {
  const suites = await allSuites(modules);
  const transport = replaying(readTranscript(transcripts));
  const [target] = document.targets;
  const { models, fixtures, suites: suite, checks: check, safe, dangerous, timeoutMs } = plan;
  const info = await probeTarget(transport, {
    rest: target?.rest !== undefined,
    grpc: target?.grpc !== undefined,
    models,
    fixtures,
    deadlineMs: timeoutMs,
    clock: systemClock,
  });
  return runConformance(selectChecks({ suite, profile: [], check, dangerous }, suites, profiles), [], {
    transport,
    info,
    seed: document.run.seed,
    clock: { now: () => systemClock.now(), sleep: async () => {} },
    limits: { ...defaultLimits, requestMs: timeoutMs },
    safe,
    dangerous,
  });
}

interface Difference {
  readonly id: string;
  readonly said: string;
  readonly now: string;
}

function differencesOf({ conformance }: ResultDocument, judged: ConformanceResult): readonly Difference[] {
  const now = new Map(
    judged.suites.flatMap(({ checks }) =>
      checks.map(({ check, verdict }) => [check, describe({ ...verdict })] as const),
    ),
  );
  const said = conformance?.suites.flatMap(({ checks }) => checks) ?? [];
  return said.flatMap((check): Difference[] => {
    const before = describe(check);
    const after = now.get(check.id) ?? "nothing";
    return before === after ? [] : [{ id: check.id, said: before, now: after }];
  });
}

/** A verdict with what belongs to it, so that an edited expectation shows like an edited outcome. */
function describe(verdict: Readonly<Record<string, unknown>> | ResultDocumentCheck): string {
  const { outcome, expected, actual, at, warnings, reason, message } = verdict as ResultDocumentCheck;
  const detail = [expected, actual, at, warnings?.join("; "), reason, message].filter((part) => part !== undefined);
  return detail.length === 0 ? outcome : `${outcome} (${detail.join(", ")})`;
}

type ResultDocumentCheck = NonNullable<ResultDocument["conformance"]>["suites"][number]["checks"][number];

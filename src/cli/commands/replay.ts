import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { profiles } from "../../../suites/index.ts";
import { systemClock } from "../../base/clock.ts";
import { InfermarkError } from "../../base/errors.ts";
import { type ConformanceResult, defaultLimits, runConformance } from "../../conformance/index.ts";
import type { ConformancePlan, FuzzFinding, ResultDocument } from "../../result/index.ts";
import { probeTarget } from "../../target/index.ts";
import { readTranscript, replaying, type WireRequest } from "../../transport/index.ts";
import { readConfig } from "../config.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { runFuzzPart } from "../fuzz-part.ts";
import { allSuites } from "../own-suites.ts";
import { run } from "../run.ts";
import { selectChecks } from "../selection.ts";
import { type Settings, settingsFrom } from "../settings.ts";
import { unknownId } from "../suggest.ts";
import { fileBytes } from "../target.ts";
import { recordedRequest, replayFinding, requestInDocument } from "./replay-finding.ts";

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
  if (check !== undefined) requireCheck(file, document, check);
  const settings = settingsOf(file, document, check, flags);
  const finding = document.conformance?.fuzz?.findings.find(({ id }) => id === check);
  if (finding) return replayFinding(finding, requestOf(file, document, finding), settings);
  return run(settings, { conformance: true, load: false }, ["replay", file, ...(check === undefined ? [] : [check])]);
}

/** The settings of the document's run, or of one of its checks; flags win. */
function settingsOf(
  file: string,
  document: ResultDocument,
  check: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Settings {
  const plan = planOf(file, document);
  const [target] = document.targets;
  const isCheck = check !== undefined && !check.startsWith("fuzz/");
  return settingsFrom(
    { out: DEFAULT_OUT, ...flags },
    {
      ...(target?.rest !== undefined && { rest: target.rest }),
      ...(target?.grpc !== undefined && { grpc: target.grpc }),
      model: plan.models,
      fixtures: plan.fixtures,
      suite: check === undefined ? plan.suites : [],
      check: check === undefined ? plan.checks : isCheck ? [check] : [],
      safe: plan.safe,
      dangerous: plan.dangerous,
      ...(check === undefined && plan.fuzz !== undefined && { fuzz: plan.fuzz }),
      timeout: `${plan.timeoutMs}ms`,
      seed: document.run.seed,
      subject: document.subject,
      suites: ownModules(flags),
    },
  );
}

/** The request of a finding: from the transcripts, which hold all of it, else from the document where it is short enough. */
function requestOf(file: string, document: ResultDocument, finding: FuzzFinding): WireRequest {
  const transcripts = existsSync(join(dirname(file), document.transcripts?.file ?? ""))
    ? transcriptsOf(file, document)
    : "edited";
  const request = transcripts === "edited" ? undefined : recordedRequest(readTranscript(transcripts), finding);
  const known = request ?? requestInDocument(finding);
  if (known) return known;
  throw new InfermarkError("USAGE", `${file} holds only a part of the request of ${finding.id}`, {
    hint: "keep its transcripts beside it",
  });
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
  const found = document.conformance?.fuzz?.findings.length ?? 0;
  const all = `${compared} verdicts${found > 0 ? ` and ${found} faults found by fuzzing` : ""}`;
  if (differences.length === 0) process.stdout.write(`${check ?? all} reached again from the transcripts\n`);
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
  const checks = conformance?.suites.flatMap((suite) => suite.checks) ?? [];
  const ids = [...checks, ...(conformance?.fuzz?.findings ?? [])].map(({ id }) => id);
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
  const { models, fixtures, suites: suite, checks: check, safe, dangerous, timeoutMs, fuzz } = plan;
  const info = await probeTarget(transport, {
    rest: target?.rest !== undefined,
    grpc: target?.grpc !== undefined,
    models,
    fixtures,
    deadlineMs: timeoutMs,
    clock: systemClock,
  });
  const options = {
    transport,
    info,
    seed: document.run.seed,
    clock: { now: () => systemClock.now(), sleep: async () => {} },
    limits: { ...defaultLimits, requestMs: timeoutMs },
    safe,
    dangerous,
  };
  const checked = await runConformance(
    selectChecks({ suite, profile: [], check, dangerous }, suites, profiles),
    [],
    options,
  );
  if (fuzz === undefined) return checked;
  return { ...checked, fuzz: await runFuzzPart(suites, checked, { requests: fuzz, options }) };
}

interface Difference {
  readonly id: string;
  readonly said: string;
  readonly now: string;
}

function differencesOf({ conformance }: ResultDocument, judged: ConformanceResult): readonly Difference[] {
  const checks = judged.suites.flatMap((suite) => suite.checks);
  const now = new Map([
    ...checks.map(({ check, verdict }) => [check, describe({ ...verdict })] as const),
    ...(judged.fuzz?.findings ?? []).map((finding) => [finding.id, describeFinding(finding)] as const),
  ]);
  const said = new Map([
    ...(conformance?.suites.flatMap((suite) => suite.checks) ?? []).map(
      (check) => [check.id, describe(check)] as const,
    ),
    ...(conformance?.fuzz?.findings ?? []).map((finding) => [finding.id, describeFinding(finding)] as const),
  ]);
  const found = (judged.fuzz?.findings ?? []).map(({ id }) => id);
  return [...new Set([...said.keys(), ...found])].flatMap((id): Difference[] => {
    const [before, after] = [said.get(id) ?? "nothing", now.get(id) ?? "nothing"];
    return before === after ? [] : [{ id, said: before, now: after }];
  });
}

function describeFinding({
  actual,
  changes,
}: {
  readonly actual: string;
  readonly changes: readonly string[];
}): string {
  return ["found", actual, ...changes].join("; ");
}

/** A verdict with what belongs to it, so that an edited expectation shows like an edited outcome. */
function describe(verdict: Readonly<Record<string, unknown>> | ResultDocumentCheck): string {
  const { outcome, expected, actual, at, warnings, reason, message } = verdict as ResultDocumentCheck;
  const detail = [expected, actual, at, warnings?.join("; "), reason, message].filter((part) => part !== undefined);
  return detail.length === 0 ? outcome : `${outcome} (${detail.join(", ")})`;
}

type ResultDocumentCheck = NonNullable<ResultDocument["conformance"]>["suites"][number]["checks"][number];

import { createHash } from "node:crypto";
import { profiles, type SuiteEntry, suites } from "../../suites/index.ts";
import { systemClock } from "../base/clock.ts";
import {
  type CheckResult,
  type ConformanceResult,
  defaultLimits,
  type Profile,
  runConformance,
  type Selection,
} from "../conformance/index.ts";
import { renderConsole } from "../report/index.ts";
import {
  type AssembleOptions,
  assemble,
  type Baseline,
  type LoadRun,
  parseBaseline,
  parseThreshold,
  problemsOf,
  type ResultDocument,
  serialize,
} from "../result/index.ts";
import { probeTarget, type TargetInfo } from "../target/index.ts";
import {
  openTransport,
  type RecordedExchange,
  recording,
  secretsOf,
  type Transport,
  writeTranscript,
} from "../transport/index.ts";
import { dryRun } from "./dry-run.ts";
import { environmentOfThisMachine, toolIdentity } from "./environment.ts";
import { ExitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { checkLoadSettings, runLoadPart } from "./load-part.ts";
import { createProgress, type Progress } from "./progress.ts";
import { decodeRequest } from "./repro-messages.ts";
import { selectChecks } from "./selection.ts";
import type { Settings } from "./settings.ts";
import { fileBytes, setUpTarget, type TargetSetup, withoutUndefined } from "./target.ts";
import { DOCUMENT_FILE, TRANSCRIPTS_FILE, writeReports } from "./write-reports.ts";

/** What a command runs: the checks, the load, or both. */
export interface Parts {
  readonly conformance: boolean;
  readonly load: boolean;
}

/** Runs against the target that the settings name, writes the reports, and gives the exit code. */
export async function run(settings: Settings, parts: Parts, argv: readonly string[]): Promise<number> {
  const selection = parts.conformance ? selectChecks(settings, suites, profiles) : [];
  const thresholds = settings.threshold.map(parseThreshold);
  const baseline =
    settings.baseline === undefined
      ? undefined
      : parseBaseline(fileBytes(settings.baseline).toString("utf8"), settings.baseline);
  const target = setUpTarget(settings);
  if (parts.load) checkLoadSettings(settings, target, suites);
  if (settings.dryRun) return dryRun(selection, suites, target, settings);
  const interrupt = interruptible();
  const progress = createProgress(process.stderr, settings.quiet);
  const recorded: RecordedExchange[] = [];
  const secrets = secretsOf(target.transport);
  const transport = recording(openTransport(target.transport), (entry) => void recorded.push(entry), secrets);
  const started = { at: new Date().toISOString(), ns: systemClock.now() };
  try {
    const seen = await observe(settings, parts, { target, selection, transport, progress, signal: interrupt.signal });
    const transcripts = recorded.length > 0 ? writeTranscript(recorded) : undefined;
    const document = toDocument(seen, {
      settings,
      target,
      argv,
      started,
      thresholds,
      transcripts,
      ...(baseline && { baseline }),
    });
    progress.end();
    return await publish(document, settings, transcripts);
  } finally {
    progress.end();
    interrupt.release();
    await transport.close();
  }
}

interface Work {
  readonly target: TargetSetup;
  readonly selection: readonly Selection[];
  readonly transport: Transport;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly info: TargetInfo;
  readonly conformance?: ConformanceResult;
  readonly load?: readonly LoadRun[];
  readonly interrupted: boolean;
}

const NOTHING_KNOWN: TargetInfo = { rest: false, grpc: false, bindings: {}, server: { extensions: [] }, models: [] };

async function observe(settings: Settings, parts: Parts, work: Work): Promise<Seen> {
  const { signal, progress, target } = work;
  const info = await probe(settings, work);
  if (!info) return { info: NOTHING_KNOWN, interrupted: true };
  const conformance = parts.conformance ? await runChecks(settings, work, info) : undefined;
  const load =
    parts.load && !signal.aborted ? await runLoadPart({ settings, target, info, suites, signal, progress }) : undefined;
  return { info, ...withoutUndefined({ conformance, load }), interrupted: signal.aborted };
}

/** Undefined when it was interrupted. */
async function probe(
  settings: Settings,
  { transport, target, signal, progress }: Work,
): Promise<TargetInfo | undefined> {
  progress.step("looking at the target");
  try {
    return await probeTarget(transport, {
      rest: target.transport.rest !== undefined,
      grpc: target.transport.grpc !== undefined,
      models: settings.model,
      fixtures: settings.fixtures,
      deadlineMs: settings.timeout,
      clock: systemClock,
      signal,
      ...withoutUndefined({ sample: target.sample, waitReadyMs: settings.waitReady }),
    });
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  }
}

function runChecks(
  settings: Settings,
  { selection, transport, signal, progress }: Work,
  info: TargetInfo,
): Promise<ConformanceResult> {
  const total = selection.reduce((sum, { checks }) => sum + checks.length, 0);
  let done = 0;
  const onResult = ({ check, verdict }: CheckResult) => {
    done += 1;
    progress.step(`${done} of ${total} checks: ${check}`);
    if (verdict.outcome === "fail" || verdict.outcome === "error") progress.line(`${verdict.outcome}  ${check}`);
  };
  return runConformance(selection, judgeableProfiles(settings, selection), {
    transport,
    info,
    seed: settings.seed,
    clock: systemClock,
    limits: {
      ...defaultLimits,
      requestMs: settings.timeout,
      ...(settings.budget !== undefined && { budgetMs: settings.budget }),
    },
    safe: settings.safe,
    dangerous: settings.dangerous,
    signal,
    onResult,
  });
}

/** A profile is judged only when all checks of all its suites were asked for: one check alone earns nothing. */
function judgeableProfiles({ check }: Settings, selection: readonly Selection[]): readonly Profile[] {
  if (check.length > 0) return [];
  return profiles.filter((profile) => profile.suites.every((id) => selection.some(({ suite }) => suite.id === id)));
}

/** Suites that were asked for by name or by a profile. */
function namedSuites({ suite, profile }: Settings): string[] {
  return [...new Set([...suite, ...profiles.filter(({ id }) => profile.includes(id)).flatMap((each) => each.suites)])];
}

interface DocumentInput {
  readonly settings: Settings;
  readonly target: TargetSetup;
  readonly argv: readonly string[];
  readonly started: { readonly at: string; readonly ns: number };
  readonly thresholds: AssembleOptions["thresholds"];
  readonly transcripts: Uint8Array | undefined;
  readonly baseline?: Baseline;
}

function toDocument(
  seen: Seen,
  { settings, target, argv, started, thresholds, transcripts, baseline }: DocumentInput,
): ResultDocument {
  const secrets = secretsOf(target.transport);
  const document = assemble(
    {
      tool: toolIdentity(),
      run: {
        startedAt: started.at,
        durationMs: Math.round((systemClock.now() - started.ns) / 1e6),
        seed: settings.seed,
        argv: [...argv],
        environment: environmentOfThisMachine(),
      },
      subject: { ...settings.subject },
      target: { info: seen.info, ...withoutUndefined({ rest: settings.rest, grpc: settings.grpc }) },
      registry: suites.map(({ suite }: SuiteEntry) => suite),
      ...withoutUndefined({ conformance: seen.conformance, load: seen.load }),
      conformancePlan: {
        models: [...settings.model],
        fixtures: settings.fixtures,
        suites: namedSuites(settings),
        checks: [...settings.check],
        safe: settings.safe,
        dangerous: settings.dangerous,
        timeoutMs: settings.timeout,
      },
      ...(transcripts && {
        transcripts: { file: TRANSCRIPTS_FILE, sha256: createHash("sha256").update(transcripts).digest("hex") },
      }),
      ...(seen.interrupted && { endedEarly: "interrupted" }),
    },
    {
      ...target.repro,
      decodeRequest,
      documentFile: DOCUMENT_FILE,
      strict: settings.strict,
      requestedProfiles: settings.profile,
      secretHeaders: secrets.headerNames,
      secrets: secrets.values,
      ...(thresholds && { thresholds }),
      ...(baseline && { baseline }),
      ...(seen.interrupted && {
        also: [{ exitCode: ExitCode.interrupted, text: "interrupted: what was done until then is written" }],
      }),
    },
  );
  return document;
}

async function publish(
  document: ResultDocument,
  settings: Settings,
  transcripts: Uint8Array | undefined,
): Promise<number> {
  const problems = problemsOf(JSON.parse(serialize(document)));
  if (problems.length > 0)
    throw new Error(`the result document breaks its own schema: ${problems.slice(0, 3).join("; ")}`);
  const report = await writeReports(settings.out, document, transcripts);
  if (settings.json) process.stdout.write(serialize(document));
  else {
    const color = process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
    process.stdout.write(renderConsole(document, { color, columns: process.stdout.columns ?? 100 }));
    process.stdout.write(`report: ${report}\n`);
  }
  return document.gate.exitCode;
}

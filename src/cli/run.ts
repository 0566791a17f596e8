import { profiles, type SuiteEntry } from "../../suites/index.ts";
import { NS_PER_MS, systemClock } from "../base/clock.ts";
import { InfermarkError, messageOf } from "../base/errors.ts";
import {
  type CheckResult,
  type ConformanceResult,
  defaultLimits,
  type FuzzResult,
  type Limits,
  runConformance,
  type Selection,
} from "../conformance/index.ts";
import { headline, renderConsole } from "../report/index.ts";
import {
  type Baseline,
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
import { explainError } from "./explain-error.ts";
import { runFuzzPart } from "./fuzz-part.ts";
import { interruptible } from "./interrupt.ts";
import { startLiveServer } from "./live/server.ts";
import { checkLoadSettings, prepareLoad } from "./load-jobs.ts";
import { runLoadPart } from "./load-part.ts";
import { allSuites } from "./own-suites.ts";
import { withModelsOfPlans } from "./plan-file.ts";
import { createProgress, isPlainTerminal, type Progress, together } from "./progress.ts";
import { fileBytes } from "./read-file.ts";
import { judgeableProfiles, selectChecks } from "./selection.ts";
import type { Settings } from "./settings.ts";
import { probeOptionsOf, setUpTarget, type TargetSetup, withoutUndefined } from "./target.ts";
import { type Parts, type Seen, toDocument } from "./to-document.ts";
import { requireWritable, writeReports } from "./write-reports.ts";

/** Runs against the target that the settings name, writes the reports, and gives the exit code. */
export async function run(given: Settings, parts: Parts, argv: readonly string[]): Promise<number> {
  const settings = parts.load ? withModelsOfPlans(given) : given;
  const suites = await allSuites(settings.suites);
  const selection = parts.conformance ? selectChecks(settings, suites, profiles) : [];
  if (parts.conformance && selection.length === 0)
    throw new InfermarkError("USAGE", "no check is selected", {
      hint: "the named checks are of none of the named suites",
    });
  // A config file serves several commands; what it says of a part that does not run must not judge this run.
  const thresholds = parts.load ? settings.threshold.map(parseThreshold) : [];
  const baseline = parts.conformance ? baselineOf(settings) : undefined;
  const target = setUpTarget(settings);
  if (parts.load) checkLoadSettings(settings, target, suites);
  if (settings.dryRun && parts.conformance) return dryRun(selection, suites, target, settings);
  requireWritable(settings.out);
  const live = settings.live === undefined ? undefined : await startLiveServer(settings.live);
  if (live) process.stderr.write(`live view: ${live.url}\n`);
  const interrupt = interruptible();
  const told = createProgress(process.stderr, {
    quiet: settings.quiet,
    plain: isPlainTerminal(process.env),
    oneLine: !settings.dashboard,
  });
  const progress = live ? together(told, live.progress) : told;
  const recorded: RecordedExchange[] = [];
  const secrets = secretsOf(target.transport);
  const transport = recording(openTransport(target.transport), (entry) => void recorded.push(entry), secrets);
  const started = { at: new Date().toISOString(), ns: systemClock.now() };
  let verdict: string | undefined;
  try {
    const seen = await observe(settings, parts, {
      target,
      suites,
      selection,
      transport,
      progress,
      signal: interrupt.signal,
    });
    const transcripts = recorded.length > 0 ? writeTranscript(recorded) : undefined;
    const document = toDocument(seen, {
      settings,
      parts,
      suites,
      target,
      argv,
      started,
      thresholds,
      transcripts,
      ...(baseline && { baseline }),
    });
    progress.end();
    verdict = `${headline(document).word}, exit ${document.gate.exitCode}: the report is in ${settings.out}.`;
    return await publish(document, settings, transcripts);
  } finally {
    progress.end();
    interrupt.release();
    await live?.close(verdict);
    await transport.close();
  }
}

function baselineOf({ baseline: file }: Settings): Baseline | undefined {
  return file === undefined ? undefined : parseBaseline(fileBytes(file).toString("utf8"), file);
}

interface Work {
  readonly target: TargetSetup;
  readonly suites: readonly SuiteEntry[];
  readonly selection: readonly Selection[];
  readonly transport: Transport;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const NOTHING_KNOWN: TargetInfo = { rest: false, grpc: false, bindings: {}, server: { extensions: [] }, models: [] };

async function observe(settings: Settings, parts: Parts, work: Work): Promise<Seen> {
  const { signal, progress, target, suites } = work;
  const info = await probe(settings, work);
  if (!info) return { info: NOTHING_KNOWN, interrupted: true };
  // Before the checks, which take minutes: a load that cannot be run shows at once.
  const jobs = parts.load ? await prepareLoad({ settings, target, info, suites }) : [];
  if (parts.load && jobs.length === 0) nothingToLoad(parts, progress);
  const started = systemClock.now();
  const checked = parts.conformance ? await runChecks(settings, work, info) : undefined;
  const checkedMs = (systemClock.now() - started) / NS_PER_MS;
  const loaded =
    jobs.length === 0 || signal.aborted ? undefined : await runLoadPart(jobs, { settings, signal, progress });
  // Last, because it may leave the target in pieces.
  const fuzz = checked && settings.fuzz !== undefined && (await fuzzLast(settings, work, { info, checked, checkedMs }));
  const thrown = loaded?.thrown;
  return {
    info,
    ...(checked && { conformance: { ...checked, ...(fuzz && { fuzz }) } }),
    ...(loaded && { load: loaded.runs }),
    interrupted: signal.aborted,
    ...(thrown !== undefined && !signal.aborted && { broken: tellBroken(thrown, settings, progress) }),
  };
}

function fuzzLast(
  settings: Settings,
  { suites, transport, signal, progress }: Work,
  { info, checked, checkedMs }: { info: TargetInfo; checked: ConformanceResult; checkedMs: number },
): Promise<FuzzResult> {
  const budgetMs = settings.budget === undefined ? undefined : Math.max(0, settings.budget - checkedMs);
  return runFuzzPart(suites, checked, {
    requests: settings.fuzz ?? 0,
    progress,
    options: {
      transport,
      info,
      seed: settings.seed,
      clock: systemClock,
      limits: limitsOf({ ...settings, ...withoutUndefined({ budget: budgetMs }) }),
      dangerous: settings.dangerous,
      signal,
    },
  });
}

function limitsOf({ timeout, recovery, budget }: Pick<Settings, "timeout" | "recovery" | "budget">): Limits {
  return {
    ...defaultLimits,
    requestMs: timeout,
    recoveryMs: recovery,
    ...(budget !== undefined && { budgetMs: budget }),
  };
}

function nothingToLoad({ conformance }: Parts, progress: Progress): void {
  const what = "the target offers no protocol that can be loaded";
  if (!conformance) throw new InfermarkError("USAGE", what, { hint: "name one with --protocol" });
  progress.line(`load: left out, ${what}`);
}

function tellBroken(thrown: unknown, { verbose }: Settings, progress: Progress): NonNullable<Seen["broken"]> {
  const { exitCode, text } = explainError(thrown, verbose);
  progress.end();
  process.stderr.write(text);
  return { exitCode, text: `the load broke off: ${messageOf(thrown)}` };
}

/** Undefined when it was interrupted. */
async function probe(
  settings: Settings,
  { transport, target, signal, progress }: Work,
): Promise<TargetInfo | undefined> {
  progress.step("looking at the target");
  try {
    return await probeTarget(transport, { ...probeOptionsOf(settings, target), signal });
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
  const onResult = ({ check, verdict, ungraded }: CheckResult) => {
    done += 1;
    progress.step(`${done} of ${total} checks: ${check}`);
    if (ungraded) return;
    if (verdict.outcome === "fail" || verdict.outcome === "error") progress.line(`${verdict.outcome}  ${check}`);
  };
  return runConformance(selection, judgeableProfiles(selection, profiles), {
    transport,
    info,
    seed: settings.seed,
    clock: systemClock,
    limits: limitsOf(settings),
    safe: settings.safe,
    dangerous: settings.dangerous,
    onlyKeyword: settings.onlyKeyword,
    rerunFailures: settings.rerunFailures,
    signal,
    onResult,
    onRerun: (check, nth) => progress.step(`again, ${nth} of ${settings.rerunFailures}: ${check}`),
  });
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
    const color = process.stdout.isTTY && settings.color && (process.env["NO_COLOR"] ?? "") === "";
    process.stdout.write(renderConsole(document, { color, columns: process.stdout.columns ?? 100 }));
    process.stdout.write(`report: ${report}\n`);
  }
  return document.gate.exitCode;
}

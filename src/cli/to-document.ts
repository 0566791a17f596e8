import { createHash } from "node:crypto";
import { profiles, type SuiteEntry } from "../../suites/index.ts";
import { systemClock } from "../base/clock.ts";
import { secretsOfUrl } from "../base/shown-url.ts";
import type { ConformanceResult } from "../conformance/index.ts";
import {
  type AssembleOptions,
  assemble,
  type Baseline,
  type LoadRun,
  type ResultDocument,
  requestedProfile,
} from "../result/index.ts";
import type { TargetInfo } from "../target/index.ts";
import { type Exchange, redactExchange, type Secrets, secretsOf } from "../transport/index.ts";
import { environmentOfThisMachine, toolIdentity } from "./environment.ts";
import { ExitCode } from "./exit-codes.ts";
import { registryOf } from "./fuzz-part.ts";
import { decodeRequest } from "./repro-messages.ts";
import type { Settings } from "./settings.ts";
import { type TargetSetup, withoutUndefined } from "./target.ts";
import { DOCUMENT_FILE, TRANSCRIPTS_FILE } from "./write-reports.ts";

/** What a command runs: the checks, the load, or both. */
export interface Parts {
  readonly conformance: boolean;
  readonly load: boolean;
}

/** What a run observed. */
export interface Seen {
  readonly info: TargetInfo;
  readonly conformance?: ConformanceResult;
  readonly load?: readonly LoadRun[];
  readonly interrupted: boolean;
  /** What ended the load before its time. */
  readonly broken?: { readonly exitCode: number; readonly text: string };
}

export interface DocumentInput {
  readonly settings: Settings;
  readonly parts: Parts;
  /** All that exist, whether they ran or not. */
  readonly suites: readonly SuiteEntry[];
  readonly target: TargetSetup;
  readonly argv: readonly string[];
  readonly started: { readonly at: string; readonly ns: number };
  readonly thresholds: AssembleOptions["thresholds"];
  readonly transcripts: Uint8Array | undefined;
  readonly baseline?: Baseline;
}

/** The result document of what was seen. */
export function toDocument(
  seen: Seen,
  { settings, parts, suites, target, argv, started, thresholds, transcripts, baseline }: DocumentInput,
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
      registry: registryOf(suites),
      ...(seen.conformance && { conformance: withRecordedAnswers(seen.conformance, secrets) }),
      ...withoutUndefined({ load: seen.load }),
      conformancePlan: {
        models: [...settings.model],
        fixtures: settings.fixtures,
        suites: namedSuites(settings),
        checks: [...settings.check],
        safe: settings.safe,
        dangerous: settings.dangerous,
        timeoutMs: settings.timeout,
        recoveryMs: settings.recovery,
        ...(settings.fuzz !== undefined && { fuzz: settings.fuzz }),
        profiles: [...settings.profile],
        strict: settings.strict,
        onlyKeyword: settings.onlyKeyword,
        rerunFailures: settings.rerunFailures,
        ...(settings.input !== undefined && { input: settings.input }),
      },
      ...(transcripts && {
        transcripts: { file: TRANSCRIPTS_FILE, sha256: createHash("sha256").update(transcripts).digest("hex") },
      }),
      ...(seen.broken && { endedEarly: seen.broken.text }),
      ...(seen.interrupted && { endedEarly: "interrupted" }),
    },
    {
      ...target.repro,
      decodeRequest,
      documentFile: DOCUMENT_FILE,
      strict: settings.strict,
      requestedProfiles: parts.conformance ? settings.profile : [],
      secretHeaders: secrets.headerNames,
      secrets: [...secrets.values, ...settings.metricsUrl.flatMap(secretsOfUrl)],
      ...(thresholds && { thresholds }),
      ...(baseline && { baseline }),
      also: [
        ...(seen.interrupted
          ? [{ exitCode: ExitCode.interrupted, text: "interrupted: what was done until then is written" }]
          : []),
        ...(seen.broken ? [seen.broken] : []),
      ],
    },
  );
  return document;
}

/** Answers as the transcripts hold them, without secrets: the document must come out the same when it is made from those. */
function withRecordedAnswers(result: ConformanceResult, secrets: Secrets): ConformanceResult {
  const recorded = (exchange: Exchange) => ({ ...redactExchange(exchange, secrets), request: exchange.request });
  return {
    ...result,
    suites: result.suites.map((suite) => ({
      ...suite,
      checks: suite.checks.map((check) => ({ ...check, exchanges: check.exchanges.map(recorded) })),
    })),
  };
}

/** Suites that were asked for by name or by a whole profile; those of which the core is enough are told by the profiles. */
function namedSuites({ suite, profile }: Settings): string[] {
  const whole = profile.map(requestedProfile).filter(({ level }) => level === "extended");
  const chosen = profiles.filter(({ id }) => whole.some((asked) => asked.id === id));
  return [...new Set([...suite, ...chosen.flatMap((each) => each.suites)])];
}

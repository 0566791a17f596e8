import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { InfermarkError } from "../../base/errors.ts";
import type { FuzzFinding, ResultDocument } from "../../result/index.ts";
import { readTranscript, type WireRequest } from "../../transport/index.ts";
import { readDocument } from "../document.ts";
import { ownModules, planOf, requireCheck, transcriptsOf } from "../replayable.ts";
import { run } from "../run.ts";
import { type Settings, settingsFrom } from "../settings.ts";
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
      ...(plan.input !== undefined && { input: plan.input }),
      suite: check === undefined ? plan.suites : [],
      profile: check === undefined ? (plan.profiles ?? []) : [],
      check: check === undefined ? plan.checks : isCheck ? [check] : [],
      strict: plan.strict ?? false,
      onlyKeyword: check === undefined && (plan.onlyKeyword ?? false),
      rerunFailures: plan.rerunFailures ?? 0,
      safe: plan.safe,
      dangerous: plan.dangerous,
      ...(check === undefined && plan.fuzz !== undefined && { fuzz: plan.fuzz }),
      timeout: `${plan.timeoutMs}ms`,
      ...(plan.recoveryMs !== undefined && { recovery: `${plan.recoveryMs}ms` }),
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

import { InfermarkError } from "../../base/errors.ts";
import type { ConformancePlan, ResultDocument } from "../../result/index.ts";
import { readConfig } from "../config.ts";
import { readDocument } from "../document.ts";
import { run } from "../run.ts";
import { settingsFrom } from "../settings.ts";
import { unknownId } from "../suggest.ts";

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
      ...(plan.input !== undefined && { input: plan.input }),
      suite: check === undefined ? plan.suites : [],
      profile: check === undefined ? (plan.profiles ?? []) : [],
      check: check === undefined ? plan.checks : [check],
      strict: plan.strict ?? false,
      onlyKeyword: check === undefined && (plan.onlyKeyword ?? false),
      rerunFailures: plan.rerunFailures ?? 0,
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

/** A document does not hold the checks themselves; those of one's own come from where infermark.yaml says. */
export function ownModules({ config }: Readonly<Record<string, unknown>>): readonly string[] {
  return (readConfig(config as string | undefined)["suites"] as readonly string[] | undefined) ?? [];
}

export function planOf(file: string, { conformance }: ResultDocument): ConformancePlan {
  if (conformance?.plan) return conformance.plan;
  throw new InfermarkError("USAGE", `${file} holds no checks to replay`, {
    hint: "give the result.json of `infermark conformance` or `certify`",
  });
}

export function requireCheck(file: string, { conformance }: ResultDocument, check: string): void {
  const ids = conformance?.suites.flatMap((suite) => suite.checks.map(({ id }) => id)) ?? [];
  if (!ids.includes(check)) throw unknownId(`check in ${file}`, check, ids);
}

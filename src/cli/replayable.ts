import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { InfermarkError } from "../base/errors.ts";
import type { ConformancePlan, ResultDocument } from "../result/index.ts";
import { readConfig } from "./config.ts";
import { fileBytes } from "./read-file.ts";
import { unknownId } from "./suggest.ts";

/** A document does not hold the checks themselves; those of one's own come from where infermark.yaml says. */
export function ownModules({ config }: Readonly<Record<string, unknown>>): readonly string[] {
  return (readConfig(config as string | undefined)["suites"] as readonly string[] | undefined) ?? [];
}

/** What the checks of a document were asked. Throws USAGE for a document without checks. */
export function planOf(file: string, { conformance }: ResultDocument): ConformancePlan {
  if (conformance?.plan) return conformance.plan;
  throw new InfermarkError("USAGE", `${file} holds no checks to replay`, {
    hint: "give the result.json of `infermark conformance` or `certify`",
  });
}

/** Throws USAGE for an id that is no check and no finding of a document. */
export function requireCheck(file: string, { conformance }: ResultDocument, check: string): void {
  const checks = conformance?.suites.flatMap((suite) => suite.checks) ?? [];
  const ids = [...checks, ...(conformance?.fuzz?.findings ?? [])].map(({ id }) => id);
  if (!ids.includes(check)) throw unknownId(`check in ${file}`, check, ids);
}

/** The bytes that a document names as its transcripts; `edited` when they are others now. */
export function transcriptsOf(file: string, { transcripts }: ResultDocument): Uint8Array | "edited" {
  if (!transcripts)
    throw new InfermarkError("USAGE", `${file} names no transcripts`, { hint: "replay it without --offline" });
  const bytes = fileBytes(join(dirname(file), transcripts.file));
  return createHash("sha256").update(bytes).digest("hex") === transcripts.sha256 ? bytes : "edited";
}

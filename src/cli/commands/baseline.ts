import { InfermarkError } from "../../base/errors.ts";
import { plainText } from "../../report/index.ts";
import {
  type Baseline,
  type BaselineEntry,
  baselineFor,
  gate,
  gradedChecks,
  judgeBaseline,
  parseBaseline,
  type ResultDocument,
  type SuiteRegistry,
} from "../../result/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { allSuites } from "../own-suites.ts";
import { fileBytes } from "../read-file.ts";
import { ownModules } from "../replayable.ts";
import { writeTextFile } from "../write-file.ts";

type Flags = Readonly<Record<string, string>>;

/** Writes the smallest list under which the run of a document passes, to `--out` or standard output, and tells what changed. */
export async function writeBaseline(file: string, flags: Flags): Promise<number> {
  const document = documentWithChecks(file);
  const known = flags["baseline"] === undefined ? undefined : readBaseline(flags["baseline"]);
  const { text, added, kept, removed } = baselineFor(document, await registryFrom(flags), known);
  const out = flags["out"];
  if (out === undefined) process.stdout.write(text);
  else writeTextFile(out, text, "--out");
  const told = [
    ...added.map((check) => `added    ${check}`),
    ...removed.map(({ check, note = "" }) => `removed  ${check}: ${note}`),
    ...kept
      .filter(({ status, note }) => status !== "known" || note !== undefined)
      .map(({ check, note = "" }) => `kept     ${check}: ${note}`),
    `${added.length} added, ${kept.length} kept, ${removed.length} removed`,
  ];
  process.stderr.write(`${told.map(plainText).join("\n")}\n`);
  return ExitCode.ok;
}

/** Holds a document against a list without a run: says what became of each entry and which failures it does not name; the exit code is that of a run with this list. */
export async function checkBaseline(file: string, flags: Flags): Promise<number> {
  const document = documentWithChecks(file);
  const baseline = readBaseline(flags["baseline"] ?? "");
  const registry = await registryFrom(flags);
  const { entries } = judgeBaseline(baseline, document, registry);
  const plan = document.conformance?.plan;
  const { conformance, run, partial, endedEarly } = document;
  const judged = gate(
    { run, partial, ...(conformance && { conformance }), ...(endedEarly !== undefined && { endedEarly }) },
    { baseline, registry, strict: plan?.strict ?? false, requestedProfiles: plan?.profiles ?? [] },
  );
  const lines = [
    ...entries.map((entry) => entryLine(entry, baseline)),
    ...unknownFailures(document, entries).map((check) => `${label("new")}  ${check}: it is not in ${baseline.file}`),
    ...judged.reasons.map(({ text }) => `  ${text}`),
    `exit ${judged.exitCode}`,
  ];
  process.stdout.write(`${lines.map(plainText).join("\n")}\n`);
  return judged.exitCode;
}

const label = (status: string) => status.replace("-", " ").padEnd("not exercised".length);

function entryLine({ line, check, status, note, reason }: BaselineEntry, { file }: Baseline): string {
  return `${label(status)}  ${check} (${file}:${line}): ${note ?? reason}`;
}

function unknownFailures(document: ResultDocument, entries: readonly BaselineEntry[]): readonly string[] {
  const known = new Set(entries.filter(({ status }) => status === "known").map(({ check }) => check));
  const failed = gradedChecks(document).filter(({ id, outcome }) => outcome === "fail" && !known.has(id));
  // An entry that expired is told as that.
  return failed.map(({ id }) => id).filter((id) => !entries.some(({ check }) => check === id));
}

function documentWithChecks(file: string): ResultDocument {
  const document = readDocument(file);
  if (document.conformance) return document;
  throw new InfermarkError("USAGE", `${file} holds no checks`, {
    hint: "give the result.json of `infermark conformance` or `certify`",
  });
}

function readBaseline(file: string): Baseline {
  return parseBaseline(fileBytes(file).toString("utf8"), file);
}

async function registryFrom(flags: Flags): Promise<readonly SuiteRegistry[]> {
  return (await allSuites(ownModules(flags))).map(({ suite }) => suite);
}

import type { ConformanceResult } from "../conformance/result.ts";
import type { TargetInfo } from "../target/model.ts";
import { assemble } from "./assemble.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import type { ResultDocument } from "./document.gen.ts";
import { reproTargetOf } from "./reach.ts";
import type { DecodeRequest } from "./repro/grpcurl.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

/** What judging a document's transcripts again came to. */
export interface JudgedAgain {
  readonly info: TargetInfo;
  readonly conformance: ConformanceResult;
}

export interface RejudgeOptions {
  readonly registry: readonly SuiteRegistry[];
  readonly decodeRequest: DecodeRequest;
  readonly documentFile: string;
}

/** The document as its transcripts, its load points and its baseline entries make it; what was only declared is taken from it. */
export function rejudged(document: ResultDocument, again: JudgedAgain, options: RejudgeOptions): ResultDocument {
  const { tool, run, subject, conformance, load, baseline, thresholds, transcripts, endedEarly } = document;
  const [target] = document.targets;
  const { rest, grpc } = target?.reach ?? {};
  const { strict, profiles } = conformance?.plan ?? {};
  return assemble(
    {
      tool,
      run,
      subject,
      target: {
        ...(target?.rest !== undefined && { rest: target.rest }),
        ...(target?.grpc !== undefined && { grpc: target.grpc }),
        info: again.info,
      },
      registry: options.registry,
      conformance: again.conformance,
      ...(conformance?.plan && { conformancePlan: conformance.plan }),
      ...(load && { load: load.runs }),
      ...(transcripts && { transcripts }),
      ...(endedEarly !== undefined && { endedEarly }),
    },
    {
      decodeRequest: options.decodeRequest,
      documentFile: options.documentFile,
      ...(rest && { rest: reproTargetOf(rest) }),
      ...(grpc && { grpc: reproTargetOf(grpc) }),
      secretHeaders: [rest, grpc].flatMap((side) => side?.secretHeaders ?? []).map((name) => name.toLowerCase()),
      thresholds: thresholds.flatMap(({ expression }) => readable(expression)),
      ...(strict !== undefined && { strict }),
      ...(profiles && { requestedProfiles: profiles }),
      ...(baseline && {
        baseline: { file: baseline.file, entries: baseline.entries.map(({ status: _s, note: _n, ...entry }) => entry) },
      }),
    },
  );
}

/** An expression that was edited until nobody can read it is no threshold, which shows as a difference. */
function readable(expression: string): Threshold[] {
  try {
    return [parseThreshold(expression)];
  } catch {
    return [];
  }
}

export interface Difference {
  /** The check that it is about, where it is about one. */
  readonly check?: string;
  /** Where: members and ids, e.g. `exchanges/0/response/status` in a check. */
  readonly at: string;
  readonly said: unknown;
  readonly now: unknown;
}

/** Every place at which two documents differ, but for how long checks took, which no transcript tells. */
export function differencesBetween(document: ResultDocument, again: ResultDocument): readonly Difference[] {
  return differ(document, again, []);
}

function differ(said: unknown, now: unknown, path: readonly string[]): readonly Difference[] {
  if (path.length === 6 && path[3] === "checks" && path[5] === "durationMs") return [];
  if (Array.isArray(said) && Array.isArray(now) && said.length === now.length && sameIds(said, now))
    return said.flatMap((item, index) => differ(item, now[index], [...path, idOf(item) ?? String(index)]));
  if (isMembers(said) && isMembers(now)) {
    const keys = [...new Set([...Object.keys(said), ...Object.keys(now)])];
    return keys.flatMap((key) => differ(said[key], now[key], [...path, key]));
  }
  return JSON.stringify(said) === JSON.stringify(now) ? [] : [placed(path, said, now)];
}

function placed(path: readonly string[], said: unknown, now: unknown): Difference {
  const inCheck = path[1] === "suites" && path[3] === "checks" && path[4] !== undefined;
  if (!inCheck) return { at: path.join("/"), said, now };
  return { check: path[4] as string, at: path.slice(5).join("/"), said, now };
}

function sameIds(said: readonly unknown[], now: readonly unknown[]): boolean {
  return said.every((item, index) => idOf(item) === idOf(now[index]));
}

function idOf(item: unknown): string | undefined {
  return isMembers(item) && typeof item["id"] === "string" ? item["id"] : undefined;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

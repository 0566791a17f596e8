import type { FuzzFinding as Found, FuzzResult } from "../conformance/fuzz/result.ts";
import type { Exchange } from "../transport/exchange.ts";
import type { Fuzz, FuzzFinding, JudgedBaseline, ResultDocument } from "./document.gen.ts";
import { type ReproOptions, reproOf } from "./repro/repro.ts";
import { trimExchange } from "./trim-exchange.ts";

/** Of a body that is shown; the recording holds all of it. */
const BODY_BYTES = 2048;

/** The fuzz part of a document. */
export function fuzzPart(
  result: FuzzResult,
  options: ReproOptions & { readonly secretHeaders: readonly string[] },
): Fuzz {
  const { seed, requests, dangerous } = result;
  return {
    seed,
    requests,
    dangerous,
    suites: result.suites.map(({ suite, ...outcome }) => ({ id: suite, ...outcome })),
    findings: result.findings.map((finding) => findingPart(finding, options)),
  };
}

function findingPart(
  finding: Found,
  options: ReproOptions & { readonly secretHeaders: readonly string[] },
): FuzzFinding {
  const { id, suite, kind, says, source, actual, changes, exchange, followUp, shrunkFrom, seen, resends, repeated } =
    finding;
  const trimmed = (each: Exchange) =>
    trimExchange(each, { bodyLimit: BODY_BYTES, secretHeaders: options.secretHeaders });
  return {
    id,
    suite,
    kind,
    says,
    source: { ...source },
    actual,
    changes: [...changes],
    exchange: trimmed(exchange),
    ...(followUp && { followUp: trimmed(followUp) }),
    repeated,
    seen,
    resends,
    shrunkFrom: { ...shrunkFrom, changes: [...shrunkFrom.changes] },
    repro: reproOf(id, exchange, { ...options, bodyLimit: BODY_BYTES }),
  };
}

/** The findings that no baseline names. */
export function freshFindings(
  { conformance }: Pick<ResultDocument, "conformance">,
  baseline: JudgedBaseline | undefined,
): readonly FuzzFinding[] {
  const known = new Set(baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check));
  return conformance?.fuzz?.findings.filter(({ id }) => !known.has(id)) ?? [];
}

/** Bytes of the body, or of the messages, of a finding's request. */
export function requestBytes({ exchange }: Pick<FuzzFinding, "exchange">): number {
  return exchange.request.bodies.reduce((sum, { size }) => sum + size, 0);
}

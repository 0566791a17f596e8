import { assemble, type ResultDocument } from "../../src/result/index.ts";
import { conformance, exchange, loadPoint, observations, options } from "../result/sample-run.ts";

/** What a hostile peer might put into any text that it controls. */
export const HOSTILE =
  "<script>alert(1)</script></script><!--\"'`><img src=x onerror=alert(1)>]]>\u0000\u0001\u001b[31m\u202e\ufffe\ud800 ::error::x%0A\r\n::error title=x::y\n| a | b |\n@someone ${7*7} </pre></style>&amp;";

/** The sample document with HOSTILE in every text that a peer or a user controls. */
export function hostileDocument(): ResultDocument {
  const suites = conformance.suites.map((suite) => ({
    ...suite,
    evidence: HOSTILE,
    checks: suite.checks.map((each, index) => ({
      ...each,
      title: index === 0 ? HOSTILE : each.title,
      verdict:
        each.verdict.outcome === "fail"
          ? { ...each.verdict, expected: HOSTILE, actual: HOSTILE, at: HOSTILE }
          : { outcome: "skip" as const, reason: HOSTILE },
      records: [{ key: HOSTILE, value: HOSTILE }],
      exchanges: [
        {
          ...exchange(`/${HOSTILE}`, HOSTILE, HOSTILE, 500, [[HOSTILE, HOSTILE]]),
          failure: { code: "closed" as const, message: HOSTILE },
        },
      ],
      decisive: 0,
    })),
  }));
  const tensor = { name: HOSTILE, datatype: HOSTILE, shape: [1] };
  const model = {
    name: HOSTILE,
    versions: [HOSTILE],
    platform: HOSTILE,
    inputs: [tensor],
    outputs: [tensor],
    fixture: false,
    foundBy: [],
  };
  const point = loadPoint(8, false);
  return assemble(
    {
      ...observations,
      subject: { runtime: HOSTILE, version: HOSTILE, contact: HOSTILE },
      target: {
        rest: HOSTILE,
        grpc: HOSTILE,
        info: {
          ...observations.target.info,
          server: { name: HOSTILE, version: HOSTILE, extensions: [HOSTILE] },
          models: [model],
        },
      },
      conformance: {
        ...conformance,
        suites,
        profiles: conformance.profiles.map((profile) => ({
          ...profile,
          title: HOSTILE,
          because: [HOSTILE],
          levels: [
            {
              level: "extended" as const,
              status: "partial" as const,
              because: [HOSTILE],
              skipped: [{ feature: HOSTILE, checks: 2 }],
            },
          ],
        })),
      },
      load: [
        {
          plan: { mode: HOSTILE },
          points: [1, 2].map((concurrency) => ({
            ...point,
            concurrency,
            model: `${HOSTILE}${concurrency}`,
            errors: [{ outcome: HOSTILE, message: HOSTILE }],
            validity: {
              valid: false,
              problems: [{ code: HOSTILE, evidence: HOSTILE }],
              evidence: [{ key: HOSTILE, value: HOSTILE }],
            },
          })),
        },
      ],
    },
    {
      ...options,
      baseline: {
        file: HOSTILE,
        entries: [{ line: 1, check: "v2-rest/error-has-error-member", reason: HOSTILE, issue: HOSTILE }],
      },
    },
  );
}

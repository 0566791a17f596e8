import { assemble, type ResultDocument } from "../../src/result/index.ts";
import { conformance, exchange, loadPoint, observations, options } from "../result/sample-run.ts";

/** What a hostile peer might put into any text that it controls. */
export const HOSTILE =
  "<script>alert(1)</script></script><!--\"'`><img src=x onerror=alert(1)>]]>\u0000\u0001\u001b[31m\u202e\ufffe\ud800 ::error::x%0A\r\n::error title=x::y\n| a | b |\n@someone ${7*7} </pre></style>&amp;";

/** The sample document with HOSTILE, repeated to a million characters, in every text that a peer or a user controls. */
export function longWindedDocument(): ResultDocument {
  return hostileDocument(HOSTILE.repeat(Math.ceil(1_000_000 / HOSTILE.length)));
}

/** The sample document with `text` in every text that a peer or a user controls. */
export function hostileDocument(text = HOSTILE): ResultDocument {
  const suites = conformance.suites.map((suite) => ({
    ...suite,
    evidence: text,
    checks: suite.checks.map((each, index) => ({
      ...each,
      title: index === 0 ? text : each.title,
      verdict:
        each.verdict.outcome === "fail"
          ? { ...each.verdict, expected: text, actual: text, at: text }
          : { outcome: "skip" as const, reason: text },
      records: [{ key: text, value: text }],
      exchanges: [
        {
          ...exchange(`/${text}`, text, text, 500, [[text, text]]),
          failure: { code: "closed" as const, message: text },
        },
      ],
      decisive: 0,
    })),
  }));
  const tensor = { name: text, datatype: text, shape: [1] };
  const model = {
    name: text,
    versions: [text],
    platform: text,
    inputs: [tensor],
    outputs: [tensor],
    fixture: false,
    foundBy: [],
  };
  const point = loadPoint(8, false);
  return assemble(
    {
      ...observations,
      subject: { runtime: text, version: text, contact: text },
      target: {
        rest: text,
        grpc: text,
        info: {
          ...observations.target.info,
          server: { name: text, version: text, extensions: [text] },
          models: [model],
        },
      },
      conformance: {
        ...conformance,
        suites,
        profiles: conformance.profiles.map((profile) => ({
          ...profile,
          title: text,
          because: [text],
          levels: [
            {
              level: "extended" as const,
              status: "partial" as const,
              because: [text],
              skipped: [{ feature: text, checks: 2 }],
            },
          ],
        })),
      },
      load: [
        {
          plan: { mode: text },
          points: [1, 2].map((concurrency) => ({
            ...point,
            concurrency,
            model: `${text}${concurrency}`,
            errors: [{ outcome: text, message: text }],
            validity: {
              valid: false,
              problems: [{ code: text, evidence: text }],
              evidence: [{ key: text, value: text }],
            },
          })),
        },
      ],
    },
    {
      ...options,
      baseline: {
        file: text,
        entries: [{ line: 1, check: "v2-rest/error-has-error-member", reason: text, issue: text }],
      },
    },
  );
}

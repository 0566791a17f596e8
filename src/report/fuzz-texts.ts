import { type Fuzz, type FuzzFinding, type JudgedBaseline, requestBytes } from "../result/index.ts";

/** What a finding says beside its id and its command, a sentence each. */
export function findingTexts(finding: FuzzFinding, baseline?: JudgedBaseline): readonly string[] {
  const { says, source, actual, changes } = finding;
  const known = baseline?.entries.find(({ check, status }) => check === finding.id && status === "known");
  return [
    ...(known ? [`known: ${known.reason}`] : []),
    `${says} (${source.document}, ${source.section})`,
    `actual   ${actual}`,
    `request  ${changes.length === 0 ? "valid" : `a valid one but for: ${changes.join("; ")}`}`,
    `shrunk   ${shrinkText(finding)}`,
  ];
}

/** How small the request was made, and how often the fault showed. */
export function shrinkText(finding: FuzzFinding): string {
  const { shrunkFrom, resends, repeated, seen } = finding;
  const changes = shrunkFrom.changes.length === 1 ? "1 change" : `${shrunkFrom.changes.length} changes`;
  const shown = `shown by ${seen} ${seen === 1 ? "request" : "requests"}`;
  if (!repeated) return `not: it did not show again in ${resends} ${resends === 1 ? "try" : "tries"}; ${shown}`;
  const from = `from ${shrunkFrom.bytes} bytes and ${changes} (request ${shrunkFrom.request})`;
  return `to ${requestBytes(finding)} bytes ${from} in ${resends} resends; ${shown}`;
}

/** How the phase went, a line for each suite. */
export function fuzzTexts({ suites, seed }: Fuzz): readonly string[] {
  return suites.map(({ id, sent, succeeded, refused, serverErrors, other, endedEarly }) => {
    const counts = `${succeeded} succeeded, ${refused} refused, ${serverErrors} server errors, ${other} other`;
    const why = endedEarly === undefined ? "" : `; ended early: ${endedEarly}`;
    return `fuzz ${id}: ${sent} requests (seed ${seed}): ${counts}${why}`;
  });
}

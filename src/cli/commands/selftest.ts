import { formatNanoseconds } from "../../base/duration.ts";
import { InfermarkError } from "../../base/errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { interruptible } from "../interrupt.ts";
import { createProgress, isPlainTerminal } from "../progress.ts";
import type { CaseResult } from "../selftest/measure.ts";
import { runSelftest, type SelftestResult } from "../selftest/run-selftest.ts";

const DEFAULT_SECONDS = 30;
const LEAST_SECONDS = 5;

/** Tells how far load measurements of this machine can be trusted. */
export async function selftest(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const seconds = Number(flags["seconds"] ?? DEFAULT_SECONDS);
  if (!(seconds >= LEAST_SECONDS && seconds <= 3600))
    throw new InfermarkError("USAGE", `--seconds ${String(flags["seconds"])} cannot be used`, {
      hint: `give a number from ${LEAST_SECONDS} to 3600`,
    });
  const interrupt = interruptible();
  const progress = createProgress(process.stderr, { plain: isPlainTerminal(process.env) });
  try {
    const result = await runSelftest(seconds, interrupt.signal, (text) => progress.step(`selftest: ${text}`));
    progress.end();
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    process.stdout.write(flags["json"] === true ? `${JSON.stringify(result, null, 2)}\n` : renderSelftest(result));
    return result.trustworthy ? ExitCode.ok : ExitCode.undecided;
  } finally {
    progress.end();
    interrupt.release();
  }
}

/** The result as a short table. */
export function renderSelftest({ trustworthy, problems, highestRate, rates, cases }: SelftestResult): string {
  const rateLines = rates
    .filter(({ protocol, rate }) => rate === (highestRate[protocol] ?? rate))
    .map(({ protocol, rate, latenessP50Ns, latenessP99Ns, problem }) => {
      const times = `lateness p50 ${formatNanoseconds(latenessP50Ns)}, p99 ${formatNanoseconds(latenessP99Ns)}`;
      return `${protocol.padEnd(5)} ${problem === undefined ? `trustworthy up to ${rate} requests/s` : `not trustworthy at ${rate} requests/s`}, ${times}`;
    });
  const table = [
    "",
    `${"".padEnd(48)}${[50, 90, 95, 99].map((p) => `p${p}`.padStart(22)).join("")}`,
    ...cases.map(caseLine),
    "each: measured − true duration in the server (measured − the law's closed form, to which the server's own timers add)",
    "",
  ];
  const verdict = trustworthy
    ? ["Load measurements of this machine can be trusted."]
    : ["This machine cannot measure now:", ...problems.map((problem) => `  ${problem}`)];
  return `${[...rateLines, ...table, ...verdict].join("\n")}\n`;
}

function caseLine({ law, loop, protocol, percentiles }: CaseResult): string {
  const errors = percentiles.map(({ measuredNs, truthNs, lawNs }) =>
    `${signed(measuredNs - truthNs)} (${signed(measuredNs - lawNs)})`.padStart(22),
  );
  return `${`${protocol}, ${loop} loop, ${law}`.padEnd(48)}${errors.join("")}`;
}

function signed(ns: number): string {
  return `${ns < 0 ? "−" : "+"}${formatNanoseconds(Math.abs(ns))}`;
}

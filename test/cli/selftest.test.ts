import { expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { renderSelftest } from "../../src/cli/commands/selftest.ts";
import { STEADY, stallEvery } from "../../src/cli/selftest/laws.ts";
import type { SelftestResult } from "../../src/cli/selftest/run-selftest.ts";
import { parseLatencyLaw } from "../../src/reference/index.ts";
import { runCli } from "./run-cli.ts";

test.each([...STEADY, stallEvery(10_000)])("the closed form of $name is that of the law", ({ text, quantileNs }) => {
  const law = parseLatencyLaw(text);
  const random = seededRandom("selftest");
  const draws = Array.from({ length: 20_000 }, (_, i) => law(random, i)).sort((a, b) => a - b);
  for (const share of [0.5, 0.7, 0.9, 0.95, 0.99]) {
    const drawn = draws[Math.ceil(share * draws.length) - 1] as number;
    expect(Math.abs(drawn - quantileNs(share) / 1e6)).toBeLessThan(0.05 * drawn);
  }
});

test("it measures each law over both protocols, and its exit code is its verdict", { timeout: 180_000 }, async () => {
  const { code, stdout, stderr } = await runCli(["selftest", "--seconds", "5", "--json"]);
  expect(stdout, stderr).not.toBe("");
  const result = JSON.parse(stdout) as SelftestResult;
  expect(code).toBe(result.trustworthy ? 0 : 4);
  expect(result.problems.length === 0).toBe(result.trustworthy);
  expect(result.cases).toHaveLength(14);
  expect(new Set(result.rates.map(({ protocol }) => protocol))).toEqual(new Set(["rest", "grpc"]));
  for (const { samples, errors, percentiles } of result.cases) {
    expect([samples > 0, errors]).toEqual([true, 0]);
    // The client sees all that the server does: the truth is a part of what was measured.
    for (const { truthNs, measuredNs } of percentiles) {
      expect(truthNs).toBeGreaterThan(0);
      expect(measuredNs).toBeGreaterThanOrEqual(0.998 * truthNs);
    }
  }
});

test.each(["4", "x", "1e9"])("--seconds %s is refused", async (seconds) => {
  expect((await runCli(["selftest", "--seconds", seconds])).code).toBe(2);
});

test("the table says which rate and which errors", () => {
  const percentiles = [50, 90, 95, 99].map((percentile) => ({
    percentile,
    measuredNs: 5_300_000,
    truthNs: 5_100_000,
    lawNs: 5_000_000,
  }));
  const text = renderSelftest({
    trustworthy: true,
    problems: [],
    highestRate: { rest: 4000 },
    rates: [
      { protocol: "rest", rate: 4000, latenessP50Ns: 20_000, latenessP99Ns: 180_000 },
      { protocol: "rest", rate: 8000, latenessP50Ns: 20_000, latenessP99Ns: 9_000_000, problem: "late" },
      { protocol: "grpc", rate: 250, latenessP50Ns: 20_000, latenessP99Ns: 9_000_000, problem: "late" },
    ],
    cases: [{ law: "constant 5 ms", loop: "open", protocol: "rest", samples: 100, errors: 0, percentiles }],
  });
  expect(text).toContain("rest  trustworthy up to 4000 requests/s, lateness p50 20.0 µs, p99 180 µs");
  expect(text).toContain("grpc  not trustworthy at 250 requests/s");
  expect(text).toContain("+200 µs (+300 µs)");
  expect(text).not.toContain("8000");
});

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onPath, type Peer } from "../peer.ts";

interface Summary {
  readonly metrics: {
    readonly http_reqs: { readonly values: { readonly count: number; readonly rate: number } };
    readonly http_req_failed?: { readonly values: { readonly passes: number } };
    readonly dropped_iterations?: { readonly values: { readonly count: number } };
    readonly http_req_duration: { readonly values: Readonly<Record<string, number>> };
  };
}

const MARK = "K6-SUMMARY ";
const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

/** Written from its documentation; see bench/README.md on where it has run. */
export const k6: Peer = {
  name: "k6",
  protocols: ["http"],
  find: () => {
    if (!onPath("k6")) return undefined;
    return { version: /v\S+/.exec(execFileSync("k6", ["version"], { encoding: "utf8" }))?.[0] ?? "unknown" };
  },
  command: ({ load, seconds }, { url, headers, bodyFile }, folder) => {
    const duration = `${seconds}s`;
    const scenario =
      load.kind === "open"
        ? { executor: "constant-arrival-rate", rate: load.rate, timeUnit: "1s", preAllocatedVUs: load.maxInFlight }
        : { executor: "constant-vus", vus: load.inFlight };
    const options = {
      scenarios: { load: { ...scenario, duration } },
      summaryTrendStats: PERCENTILES.map((each) => `p(${each})`),
    };
    const script = join(folder, "k6.js");
    const lines = [
      'import http from "k6/http";',
      `const body = open(${JSON.stringify(bodyFile)}, "b");`,
      `const parameters = { headers: ${JSON.stringify(Object.fromEntries(headers))} };`,
      `export const options = ${JSON.stringify(options)};`,
      `export default function () { http.post(${JSON.stringify(url)}, body, parameters); }`,
      `export function handleSummary(data) { return { stdout: ${JSON.stringify(MARK)} + JSON.stringify(data) + "\\n" }; }`,
    ];
    writeFileSync(script, `${lines.join("\n")}\n`);
    return ["k6", "run", "--quiet", "--no-usage-report", script];
  },
  read: (output) => {
    const line = output.split("\n").find((each) => each.startsWith(MARK));
    if (line === undefined) throw new Error(`no summary in: ${output.slice(-2000)}`);
    const { metrics } = JSON.parse(line.slice(MARK.length)) as Summary;
    const failed = metrics.http_req_failed?.values.passes ?? 0;
    const dropped = metrics.dropped_iterations?.values.count ?? 0;
    const { count, rate } = metrics.http_reqs.values;
    return {
      requests: count - failed,
      perSecond: rate,
      errors: failed,
      percentiles: new Map(
        PERCENTILES.flatMap((each) => {
          const ms = metrics.http_req_duration.values[`p(${each})`];
          return ms === undefined ? [] : [[each, ms * 1e6] as const];
        }),
      ),
      ...(dropped > 0 && { note: `${dropped} iterations dropped` }),
    };
  },
};

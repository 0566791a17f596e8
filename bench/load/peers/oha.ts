import { execFileSync } from "node:child_process";
import { headerArguments, onPath, type Peer } from "../peer.ts";
import { inFlightOf } from "../task.ts";

interface Result {
  readonly summary: { readonly requestsPerSec: number };
  readonly latencyPercentiles: Readonly<Record<string, number | null>>;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly errorDistribution: Readonly<Record<string, number>>;
}

/** In an open loop with the correction of latencies that it offers, which is not its default. */
export const oha: Peer = {
  name: "oha",
  protocols: ["http"],
  find: () => {
    if (!onPath("oha")) return undefined;
    return { version: execFileSync("oha", ["--version"], { encoding: "utf8" }).trim().replace(/^oha /, "") };
  },
  command: ({ load, seconds }, sample) => {
    const rate = load.kind === "open" ? ["-q", String(load.rate), "--latency-correction"] : [];
    const how = ["-z", `${seconds}s`, "-w", "-c", String(inFlightOf(load)), "-m", "POST", "-D", sample.bodyFile];
    return [
      "oha",
      "--no-tui",
      "--output-format",
      "json",
      ...how,
      ...rate,
      ...headerArguments(sample, "-H"),
      sample.url,
    ];
  },
  read: (output) => {
    const result = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as Result;
    const right = result.statusCodeDistribution["200"] ?? 0;
    const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((total, each) => total + each, 0);
    return {
      requests: right,
      perSecond: result.summary.requestsPerSec,
      errors: sum(result.statusCodeDistribution) - right + sum(result.errorDistribution),
      percentiles: new Map(
        Object.entries(result.latencyPercentiles).flatMap(([name, seconds]) =>
          seconds === null ? [] : [[Number(name.replace("p", "")), seconds * 1e9] as const],
        ),
      ),
    };
  },
};

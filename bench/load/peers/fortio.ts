import { execFileSync } from "node:child_process";
import { headerArguments, onPath, type Peer } from "../peer.ts";
import { inFlightOf } from "../task.ts";

interface Result {
  readonly ActualQPS: number;
  readonly RetCodes: Readonly<Record<string, number>>;
  readonly DurationHistogram: {
    readonly Count: number;
    readonly Percentiles: readonly { readonly Percentile: number; readonly Value: number }[] | null;
  };
}

/** Over gRPC it calls only its own ping and health. */
export const fortio: Peer = {
  name: "fortio",
  protocols: ["http"],
  find: () => {
    if (!onPath("fortio")) return undefined;
    return { version: execFileSync("fortio", ["version"], { encoding: "utf8" }).trim().split(" ")[0] ?? "unknown" };
  },
  command: ({ load, seconds }, sample) => {
    const rate = load.kind === "open" ? ["-qps", String(load.rate)] : ["-qps", "0"];
    const how = ["-c", String(inFlightOf(load)), "-t", `${seconds}s`, "-p", "50,75,90,95,99,99.9", ...rate];
    const payload = ["-payload-file", sample.bodyFile, "-maxpayloadsizekb", "1024", ...headerArguments(sample, "-H")];
    return ["fortio", "load", "-quiet", "-json", "-", ...how, ...payload, sample.url];
  },
  read: (output) => {
    const begin = output.indexOf("{\n");
    const { ActualQPS, RetCodes, DurationHistogram } = JSON.parse(
      output.slice(begin, output.indexOf("\n}", begin) + 2),
    ) as Result;
    const right = RetCodes["200"] ?? 0;
    return {
      requests: right,
      perSecond: ActualQPS,
      errors: DurationHistogram.Count - right,
      percentiles: new Map((DurationHistogram.Percentiles ?? []).map((each) => [each.Percentile, each.Value * 1e9])),
    };
  },
};

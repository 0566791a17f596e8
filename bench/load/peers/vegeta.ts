import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { headerArguments, onPath, type Peer } from "../peer.ts";
import { inFlightOf } from "../task.ts";

const RESULTS = "vegeta.bin";

interface Report {
  readonly requests: number;
  readonly rate: number;
  readonly throughput: number;
  readonly success: number;
  readonly latencies: Readonly<Record<"50th" | "90th" | "95th" | "99th", number>>;
}

/** Only its attack is measured: its report is made from a file afterwards. */
export const vegeta: Peer = {
  name: "vegeta",
  protocols: ["http"],
  find: () => {
    if (!onPath("vegeta")) return undefined;
    const file = onPath("vegeta") as string;
    const text = execFileSync("bash", ["-c", `vegeta -version; go version -m ${file} 2>/dev/null || true`], {
      encoding: "utf8",
    });
    return { version: /vegeta\/v12\s+(v\S+)/.exec(text)?.[1] ?? /Version: (\S+)/.exec(text)?.[1] ?? "unknown" };
  },
  command: ({ load, seconds }, sample, folder) => {
    const targets = join(folder, "vegeta.targets");
    writeFileSync(targets, `POST ${sample.url}\n`);
    const most = String(inFlightOf(load));
    const rate =
      load.kind === "open" ? ["-rate", String(load.rate)] : ["-rate", "0", "-workers", most, "-max-workers", most];
    const how = [`-duration=${seconds}s`, "-targets", targets, "-body", sample.bodyFile, "-connections", most];
    const output = ["-output", join(folder, RESULTS)];
    return ["vegeta", "attack", ...rate, ...how, ...headerArguments(sample, "-header"), ...output];
  },
  read: (_output, _task, folder) => {
    const text = execFileSync("vegeta", ["report", "-type=json", join(folder, RESULTS)], { encoding: "utf8" });
    const { requests, throughput, success, latencies } = JSON.parse(text) as Report;
    const right = Math.round(requests * success);
    return {
      requests: right,
      perSecond: throughput,
      errors: requests - right,
      percentiles: new Map([50, 90, 95, 99].map((each) => [each, latencies[`${each}th` as keyof typeof latencies]])),
    };
  },
};

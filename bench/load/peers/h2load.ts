import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { headerArguments, numberIn, onPath, type Peer } from "../peer.ts";
import { grpcConnections } from "../task.ts";

const LOG = "h2load.log";

/** With `logged` it writes the time of each request, which costs it something: it tells no percentiles by itself. */
export function h2load(logged = false): Peer {
  return {
    name: "h2load",
    protocols: ["http", "grpc"],
    find: () => {
      if (!onPath("h2load")) return undefined;
      return { version: execFileSync("h2load", ["--version"], { encoding: "utf8" }).replace("h2load", "").trim() };
    },
    command: ({ protocol, load, seconds }, sample, folder) => {
      if (load.kind === "open") return undefined;
      rmSync(join(folder, LOG), { force: true });
      const connections = protocol === "http" ? load.inFlight : grpcConnections(load);
      const how =
        protocol === "http"
          ? ["--h1", "-m", "1", "-d", sample.bodyFile, ...headerArguments(sample, "-H")]
          : ["-m", String(Math.ceil(load.inFlight / connections)), "-w", "30", "-W", "30", "-d", sample.framedFile];
      const grpc = protocol === "grpc" ? ["-H", "content-type: application/grpc", "-H", "te: trailers"] : [];
      const log = logged ? [`--log-file=${join(folder, LOG)}`] : [];
      return ["h2load", "-D", String(seconds), "-c", String(connections), ...how, ...grpc, ...log, sample.url];
    },
    read: (output, { seconds }, folder) => {
      const requests = numberIn(output, /, (\d+) succeeded,/);
      return {
        requests,
        perSecond: requests / seconds,
        errors: numberIn(output, /(\d+) failed, \d+ errored/),
        percentiles: logged ? fromLog(join(folder, LOG)) : new Map(),
      };
    },
  };
}

/** Lines of start, status and time, both in microseconds. */
function fromLog(file: string): ReadonlyMap<number, number> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").split("\n");
  const times = Float64Array.from(lines.flatMap((line) => (line === "" ? [] : [Number(line.split("\t")[2])]))).sort();
  const at = (percentile: number) => (times[Math.max(0, Math.ceil((percentile / 100) * times.length) - 1)] ?? 0) * 1e3;
  return new Map([50, 90, 95, 99].map((percentile) => [percentile, at(percentile)]));
}

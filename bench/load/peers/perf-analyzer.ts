import { execFileSync } from "node:child_process";
import { numberIn, onPath, type Peer, percentilesIn } from "../peer.ts";

const WINDOWS = 3;
/** A window is slept for so many times the interval that is asked for. */
const STRETCH = 1.2;

/** Three windows, as it measures at least, in the time of the task; with and without its asynchronous calls. It loads no model without a configuration. */
export function perfAnalyzer(asynchronous: boolean): Peer {
  return {
    name: asynchronous ? "perf_analyzer --async" : "perf_analyzer",
    protocols: ["http", "grpc"],
    find: () => {
      if (!onPath("perf_analyzer")) return undefined;
      const text = execFileSync("bash", ["-c", "perf_analyzer --version 2>&1 || true"], { encoding: "utf8" });
      return { version: /Version (\S+)/.exec(text)?.[1]?.replace(/,$/, "") ?? "unknown" };
    },
    command: ({ protocol, question, load, seconds, port }) => {
      if (load.kind === "open" || !question.configured) return undefined;
      const interval = String(Math.round((seconds * 1000) / WINDOWS / STRETCH));
      const windows = ["-p", interval, "-r", String(WINDOWS), "-s", "999999"];
      const format = protocol === "http" && question.floats < 1000 ? "json" : "binary";
      const tensors = protocol === "http" ? ["--input-tensor-format", format, "--output-tensor-format", "json"] : [];
      return [
        "perf_analyzer",
        asynchronous ? "--async" : "--sync",
        "-m",
        question.model,
        "-u",
        `127.0.0.1:${port}`,
        "-i",
        protocol,
        "-v",
        "--concurrency-range",
        String(load.inFlight),
        ...windows,
        ...tensors,
      ];
    },
    read: (output) => {
      const summary = output.slice(Math.max(0, output.lastIndexOf("Request count:")));
      const told = /Request count: \d+/.test(summary) && numberIn(summary, /Throughput: ([\d.]+) infer/) > 0;
      if (!told) throw new Error(`perf_analyzer measured nothing: ${output.slice(-600)}`);
      return {
        perSecond: numberIn(summary, /Throughput: ([\d.]+) infer/),
        errors: 0,
        percentiles: percentilesIn(summary, /^\s*p(\d+) latency: (\d+) usec/gm, 1e3),
      };
    },
  };
}

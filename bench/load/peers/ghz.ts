import { execFileSync } from "node:child_process";
import { onPath, type Peer } from "../peer.ts";
import { grpcConnections, inFlightOf, PROTOS } from "../task.ts";

interface Result {
  readonly count: number;
  readonly rps: number;
  readonly latencyDistribution: readonly { readonly percentage: number; readonly latency: number }[] | null;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
}

export const ghz: Peer = {
  name: "ghz",
  protocols: ["grpc"],
  find: () => {
    const file = onPath("ghz");
    if (file === undefined) return undefined;
    const text = execFileSync("bash", ["-c", `go version -m ${file} 2>/dev/null || true; ghz --version 2>&1`], {
      encoding: "utf8",
    });
    return { version: /bojand\/ghz\s+(v\S+)/.exec(text)?.[1] ?? text.trim().split("\n").at(-1) ?? "unknown" };
  },
  command: ({ load, seconds, port }, { path, bodyFile }) => {
    const rate = load.kind === "open" ? ["--rps", String(load.rate)] : [];
    const proto = ["--import-paths", PROTOS, "--proto", `${PROTOS}/open_inference_grpc.proto`];
    const call = ["--call", path.replace(/^\//, "").replace("/", "."), "-B", bodyFile];
    const many = ["-c", String(inFlightOf(load)), "--connections", String(grpcConnections(load))];
    const length = ["-z", `${seconds}s`, "--duration-stop", "wait"];
    return ["ghz", "--insecure", ...proto, ...call, ...many, ...rate, ...length, "-O", "json", `127.0.0.1:${port}`];
  },
  read: (output) => {
    const result = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as Result;
    const right = result.statusCodeDistribution["OK"] ?? 0;
    return {
      requests: right,
      perSecond: result.rps,
      errors: result.count - right,
      percentiles: new Map((result.latencyDistribution ?? []).map((each) => [each.percentage, each.latency])),
    };
  },
};

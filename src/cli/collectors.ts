import { InfermarkError } from "../base/errors.ts";
import { shownUrl } from "../base/shown-url.ts";
import { isLoopback } from "../target/index.ts";
import {
  type Collector,
  cgroup,
  clientProcess,
  nvidiaSmi,
  type PrometheusOptions,
  procfs,
  prometheus,
  tritonStatistics,
} from "../telemetry/index.ts";
import type { Endpoint } from "../transport/index.ts";
import type { Settings } from "./settings.ts";
import type { TargetSetup } from "./target.ts";

/** All that can watch a load on this model, or on several without one, whether or not it sees something. Throws USAGE for a setting that cannot be read. */
export function collectorsFor(settings: Settings, target: TargetSetup, model?: string): readonly Collector[] {
  const metrics = metricsUrls(settings);
  if (!settings.telemetry) return [blind("telemetry", "Telemetry was turned off with --no-telemetry.")];
  const { serverPid, serverCgroup } = settings;
  const { rest, grpc } = target.transport;
  const group = serverCgroup === undefined ? serverPid && { pid: serverPid } : { path: serverCgroup };
  return [
    clientProcess(),
    ...(serverPid === undefined ? [] : [procfs(serverPid)]),
    ...(group ? [cgroup(group)] : []),
    [rest, grpc].every((endpoint) => !endpoint || isLoopback(endpoint))
      ? nvidiaSmi()
      : blind("nvidia-smi", "The target is another machine, and nvidia-smi sees only the GPUs of this one."),
    ...(rest ? [statisticsOf(rest, model)] : []),
    ...metrics.map((each) => prometheus({ ...each, ...(model !== undefined && { model }) })),
  ];
}

function statisticsOf(rest: Endpoint, model: string | undefined): Collector {
  return model === undefined
    ? blind("triton-statistics", "Several models share the load, and these statistics are of one.")
    : tritonStatistics({ ...sourceOf(rest), model });
}

/** The endpoints that `--metrics-url` names. Throws USAGE. */
export function metricsUrls({ metricsUrl }: Pick<Settings, "metricsUrl">): readonly PrometheusOptions[] {
  const found = metricsUrl.map((text): PrometheusOptions => {
    const [, name = "", url = ""] = /^([\w.-]+)=(https?:\/\/.+)$/.exec(text) ?? [];
    if (name === "" || !URL.canParse(url))
      throw new InfermarkError("USAGE", `--metrics-url "${shownUrl(text)}" is not NAME=URL`, {
        hint: "write it like server=http://127.0.0.1:8002/metrics",
      });
    return { name, url };
  });
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw new InfermarkError("USAGE", `--metrics-url has the name "${twice.name}" twice`, {
      hint: "give each endpoint a name of its own",
    });
  return found;
}

function sourceOf(rest: Endpoint) {
  const { host, port, prefix, tls, address, authority, headers } = rest;
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return {
    base: `${tls ? "https" : "http"}://${name}:${port}${prefix}`,
    headers: [...headers, ...(authority === undefined ? [] : [["host", authority] as const])],
    ...(address !== undefined && { address }),
    ...(tls && { tls }),
  };
}

function blind(id: string, reason: string): Collector {
  return { id, unavailable: () => Promise.resolve(reason), read: () => Promise.reject(new Error(reason)) };
}

/** The engine wire as a run uses it; also without its checks of answers, and until a number of requests. Argument: an InfermarkTask in JSON. */
import {
  createEngine,
  type EncodedRequest,
  type LoadPoint,
  OUTCOME_NAMES,
  runLoad,
  type Workload,
} from "../../../src/load/index.ts";
import type { PointSettings } from "../../../src/load/settings.ts";
import { modelOf, workloadFor } from "../task.ts";
import type { InfermarkTask } from "./infermark-task.ts";
import { printReport } from "./report.ts";

/** Not those that were still under way when a run was ended by the number of its requests. */
const FAILURES = OUTCOME_NAMES.filter((outcome) => outcome !== "ok");

/** What `open-loop.ts` and `answer-checks.ts` read besides. */
function noteOf({ validity, counts, client, lateness, errors }: LoadPoint): string {
  const at = (percentile: number) => lateness?.percentiles.find((each) => each.percentile === percentile)?.ns;
  return JSON.stringify({
    valid: validity.valid,
    problems: validity.problems,
    counts,
    rssBytes: client.rssBytes,
    ...(lateness && { lateness: { p50Ns: at(50), p99Ns: at(99), maxNs: lateness.maxNs } }),
    ...(errors.length > 0 && { errors }),
  });
}

function withoutChecks(workload: Workload): Workload {
  const bare = ({ id: _id, idAt: _idAt, ...request }: EncodedRequest): EncodedRequest => request;
  return {
    ...workload,
    encode: (options) => workload.encode(options).map(bare),
    cheap: () => true,
    full: () => undefined,
  };
}

function planOf(task: InfermarkTask, encoding: string): PointSettings {
  const { protocol, question, load, seconds, warmupMs = 1000, unchecked } = task;
  const settings = {
    protocol: protocol === "grpc" ? "v2-grpc" : encoding === "binary" ? "v2-binary" : "v2-rest",
    encoding,
    model: question.model,
    batch: 1,
    engine: "wire",
    durationMs: seconds * 1000,
    warmupMs,
    requestTimeoutMs: 10_000,
    fullCheckEvery: unchecked ? Number.MAX_SAFE_INTEGER : 100,
    seed: 1,
  } as const;
  if (load.kind === "closed") return { ...settings, concurrency: load.inFlight };
  return { ...settings, arrivals: "constant", rate: load.rate, maxInFlight: load.maxInFlight };
}

const task = JSON.parse(process.argv[2] as string) as InfermarkTask;
const known = workloadFor(task);
const workload = task.unchecked ? withoutChecks(known) : known;
const engine = await createEngine("wire", { host: "127.0.0.1", port: task.port, prefix: "", headers: [] });
const enough = new AbortController();
let answered = 0;
const point = await runLoad(planOf(task, workload.encoding), {
  engine,
  workload,
  model: modelOf(task.question),
  signal: enough.signal,
  ...(task.mostRequests !== undefined && {
    onProgress: ({ phase, requestsPerSecond }) => {
      if (phase === "measuring") answered += requestsPerSecond;
      if (answered >= (task.mostRequests as number)) enough.abort();
    },
  }),
});
await engine.close();
printReport({
  requests: point.counts.ok,
  perSecond: point.throughput.value,
  errors: FAILURES.reduce((sum, outcome) => sum + point.counts[outcome], 0),
  cpuUs: point.client.cpuMs * 1000,
  percentiles: point.latency.percentiles.map(({ percentile, ns }) => [percentile, ns]),
  note: noteOf(point),
});

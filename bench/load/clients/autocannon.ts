/** autocannon as a library; in an open loop with its overall rate. Argument: a Task in JSON. */
import start from "autocannon";
import { firstRequest, inFlightOf, type Task } from "../task.ts";
import { printReport } from "./report.ts";

const WARMUP_S = 1;

const task = JSON.parse(process.argv[2] as string) as Task;
const { path, headers, body } = firstRequest(task);
const run = (seconds: number) =>
  start({
    url: `http://127.0.0.1:${task.port}${path}`,
    method: "POST",
    headers: Object.fromEntries(headers),
    body: Buffer.from(body),
    connections: inFlightOf(task.load),
    duration: seconds,
    ...(task.load.kind === "open" && { overallRate: task.load.rate }),
  });
if (task.load.kind === "closed") await run(WARMUP_S);
const before = process.cpuUsage();
const result = await run(task.seconds);
const { user, system } = process.cpuUsage(before);
printReport({
  requests: result["2xx"],
  perSecond: result["2xx"] / result.duration,
  errors: result.non2xx + result.errors,
  cpuUs: user + system,
  percentiles: [
    [50, result.latency.p50 * 1e6],
    [90, result.latency.p90 * 1e6],
    [99, result.latency.p99 * 1e6],
    [99.9, result.latency.p99_9 * 1e6],
  ],
});

import { parseLatencyLaw } from "../../reference/index.ts";
import { readConfig } from "../config.ts";
import { toolIdentity } from "../environment.ts";
import { run } from "../run.ts";
import { settingsFrom } from "../settings.ts";
import { DEFAULT_MAX_BODY, startReference } from "./serve.ts";

/** Client and server share the machine, so each inference takes 2 ms and four are in flight: far below what either can carry. */
const LATENCY = "2ms";
const LOAD = { concurrency: "4", duration: "5s", warmup: "1s", batch: "4" };

/** Serves the reference runtime, certifies it over every protocol, loads it, and writes a report. */
export async function demo(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const running = await startReference({
    restPort: 0,
    grpcPort: 0,
    faults: [],
    latency: parseLatencyLaw(LATENCY),
    maxBodyBytes: DEFAULT_MAX_BODY,
  });
  const config = {
    subject: { runtime: "infermark reference runtime", version: toolIdentity().version },
    ...readConfig(flags["config"] as string | undefined),
  };
  try {
    const settings = settingsFrom({ ...LOAD, ...flags, rest: running.restUrl, grpc: running.grpcAddress }, config);
    return await run(settings, { conformance: true, load: true }, ["demo"]);
  } finally {
    await running.close();
  }
}

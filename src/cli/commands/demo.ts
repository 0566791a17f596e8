import { readConfig } from "../config.ts";
import { toolIdentity } from "../environment.ts";
import { startReferenceProcess } from "../reference-process/start.ts";
import { run } from "../run.ts";
import { settingsFrom } from "../settings.ts";

/** Client and server share the machine, so each inference takes 2 ms and four are in flight: far below what either can carry. */
const LATENCY = "2ms";
/** Short, and measured once more where the machine was too unsteady to tell: all of it within a minute. */
const LOAD = { concurrency: "4", duration: "5s", warmup: "2s", autoExtend: "5s", batch: "4" };

/** Serves the reference runtime in a process of its own, certifies it over every protocol, loads it, and writes a report. */
export async function demo(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const reference = await startReferenceProcess();
  const config = {
    subject: { runtime: "infermark reference runtime", version: toolIdentity().version },
    ...readConfig(flags["config"] as string | undefined),
  };
  try {
    await reference.setLaw(LATENCY);
    const { rest, grpc, pid } = reference;
    const settings = settingsFrom({ serverPid: String(pid), ...LOAD, ...flags, rest, grpc }, config);
    return await run(settings, { conformance: true, load: true }, ["demo"]);
  } finally {
    reference.close();
  }
}

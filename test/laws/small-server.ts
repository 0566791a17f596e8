import { type ConformanceResult, openTransport, probeTarget, runConformance, systemClock, type TargetInfo } from "#kit";
import { createWorld, type Handler, type ReferenceModel, serveReference } from "../../src/reference/index.ts";
import { profiles, suites } from "../../suites/index.ts";

const MAX_BYTES = 64 * 1024 * 1024;

export interface SmallServer {
  readonly model: ReferenceModel;
  readonly protocol: "rest" | "grpc";
  readonly handlers: readonly Handler[];
}

/** What `conformance --rest URL --model NAME` (or `--grpc`) finds of a server with one model and no extension. */
export async function certify(server: SmallServer): Promise<{ info: TargetInfo; found: ConformanceResult }> {
  const { model, protocol, handlers } = server;
  const running = await serveReference({
    handlers,
    world: createWorld({ models: new Map([[model.name, model]]), extensions: [] }),
    maxBodyBytes: MAX_BYTES,
    ...(protocol === "rest" ? { restPort: 0 } : { grpcPort: 0 }),
  });
  const port = Number((running.restUrl ?? running.grpcAddress)?.split(":").at(-1));
  const endpoint = { host: "127.0.0.1", port, prefix: "", headers: [], secretHeaders: [] };
  const transport = openTransport({ [protocol]: endpoint, maxResponseBytes: MAX_BYTES });
  try {
    const info = await probeTarget(transport, {
      rest: protocol === "rest",
      grpc: protocol === "grpc",
      models: [model.name],
      fixtures: true,
      deadlineMs: 30_000,
      clock: systemClock,
    });
    const selection = suites.map(({ suite }) => ({
      suite,
      checks: suite.checks.filter(({ dangerous }) => !dangerous),
      named: false,
    }));
    const limits = { requestMs: 30_000, recoveryMs: 30_000, concurrency: 8 };
    const found = await runConformance(selection, profiles, { transport, info, seed: 1, clock: systemClock, limits });
    return { info, found };
  } finally {
    await transport.close();
    await running.close();
  }
}

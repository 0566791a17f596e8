import { messageOf } from "../../base/errors.ts";
import { type LatencyLaw, parseLatencyLaw } from "../../reference/index.ts";
import { createHistogram } from "../../statistics/index.ts";
import { DEFAULT_MAX_BODY, startReference } from "../commands/serve.ts";
import type { FromServer, ToServer } from "./start.ts";

/** The entry of the process in which the reference runtime runs beside its client: keeps the true durations of its inferences. */

let law: LatencyLaw = () => 0;
let durations = createHistogram();

function tell(message: FromServer): void {
  process.send?.(message, () => undefined);
}

process.on("message", (message: ToServer) => {
  if (message.kind === "law") {
    law = parseLatencyLaw(message.text);
    durations.destroy();
    durations = createHistogram();
    tell({ kind: "set" });
  } else tell({ kind: "truth", durations: durations.snapshot() });
});
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());

startReference({
  restPort: 0,
  grpcPort: 0,
  faults: [],
  maxBodyBytes: DEFAULT_MAX_BODY,
  latency: (random, atMs) => law(random, atMs),
  took: (ms) => durations.recordNs(ms * 1e6),
}).then(
  ({ restUrl, grpcAddress }) => tell({ kind: "serving", rest: restUrl as string, grpc: grpcAddress as string }),
  (thrown: unknown) => {
    process.stderr.write(messageOf(thrown));
    process.exit(1);
  },
);

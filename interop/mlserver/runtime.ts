import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, runToEnd, startServer } from "../process.ts";
import { pythonEnvironment } from "../python.ts";
import type { Runtime } from "../runtime.ts";

const here = dirname(fileURLToPath(import.meta.url));
const environments = join(dirname(here), ".environments");
const models = join(environments, "mlserver-models");

/** MLServer with its models in the server's own process, from PyPI. */
export const mlserver: Runtime = {
  id: "mlserver",
  version: "1.7.1",
  models: ["iris"],
  prepare() {
    const bin = pythonEnvironment(join(environments, "mlserver"), join(here, "requirements.txt"));
    runToEnd(join(bin, "python"), [join(here, "make_models.py"), models]);
  },
  async start(log) {
    const [http, grpc, metrics] = (await freePorts(3)) as [number, number, number];
    const env = {
      MLSERVER_HOST: "127.0.0.1",
      MLSERVER_HTTP_PORT: String(http),
      MLSERVER_GRPC_PORT: String(grpc),
      // A third port, 8082 unless told otherwise: two servers on one machine would collide.
      MLSERVER_METRICS_PORT: String(metrics),
      // Its default is true and puts tracebacks into 500 bodies.
      MLSERVER_DEBUG: "false",
      MLSERVER_PARALLEL_WORKERS: "0",
      OMP_NUM_THREADS: "1",
    };
    const bin = join(environments, "mlserver", "bin");
    const process = startServer(join(bin, "mlserver"), ["start", models], { cwd: environments, env, log });
    return { process, rest: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` };
  },
};

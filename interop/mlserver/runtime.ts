import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFixtures } from "../../src/cli/commands/fixtures.ts";
import { freePorts, runToEnd, startServer } from "../process.ts";
import { pythonEnvironment } from "../python.ts";
import type { Runtime } from "../runtime.ts";

const here = dirname(fileURLToPath(import.meta.url));
const environment = join(dirname(here), ".environments", "mlserver");
const modelsIn = (workspace: string) => join(workspace, "models");

/** MLServer with its models in the server's own process, from PyPI. */
export const mlserver: Runtime = {
  id: "mlserver",
  version: "1.7.1",
  readyPath: "/v2/health/ready",
  prepare(workspace) {
    const bin = pythonEnvironment(environment, join(here, "requirements.txt"));
    writeFixtures("mlserver", modelsIn(workspace), { force: false });
    runToEnd(join(bin, "python"), [join(here, "make_stock_model.py"), modelsIn(workspace)]);
  },
  async start(workspace, log) {
    const [rest, grpc, metrics] = (await freePorts(3)) as [number, number, number];
    const env = {
      MLSERVER_HOST: "127.0.0.1",
      MLSERVER_HTTP_PORT: String(rest),
      MLSERVER_GRPC_PORT: String(grpc),
      // A third port, 8082 unless told otherwise: two servers on one machine would collide.
      MLSERVER_METRICS_PORT: String(metrics),
      // Its default is true and puts tracebacks into 500 bodies.
      MLSERVER_DEBUG: "false",
      MLSERVER_PARALLEL_WORKERS: "0",
      OMP_NUM_THREADS: "1",
    };
    const command = join(environment, "bin", "mlserver");
    // It leaves files of its own in the folder that it is started in.
    const process = await startServer(command, ["start", modelsIn(workspace)], { cwd: workspace, env, log });
    return { process, ports: { rest, grpc, metrics } };
  },
};

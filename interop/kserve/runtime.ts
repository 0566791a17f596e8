import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFixtures } from "../../src/cli/commands/fixtures.ts";
import { freePorts, startServer } from "../process.ts";
import { pythonEnvironment } from "../python.ts";
import type { Runtime } from "../runtime.ts";

const here = dirname(fileURLToPath(import.meta.url));
const environment = join(dirname(here), ".environments", "kserve");

/** KServe's Python ModelServer with the fixture models, from PyPI. It has no flag for an address: it listens on all of them. */
export const kserve: Runtime = {
  id: "kserve",
  version: "0.21.0",
  readyPath: "/v2/health/ready",
  prepare(workspace) {
    pythonEnvironment(environment, join(here, "requirements.txt"));
    writeFixtures("kserve", workspace, { force: false });
  },
  async start(workspace, log) {
    const [rest, grpc] = (await freePorts(2)) as [number, number];
    const command = join(environment, "bin", "python");
    const args = [
      join(workspace, "server.py"),
      "--http_port",
      String(rest),
      "--grpc_port",
      String(grpc),
      "--workers",
      "1",
    ];
    const process = await startServer(command, args, { cwd: workspace, env: { OMP_NUM_THREADS: "1" }, log });
    return { process, ports: { rest, grpc } };
  },
};

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { toolIdentity } from "../../src/cli/environment.ts";
import { freePorts, startServer } from "../process.ts";
import { pythonEnvironment } from "../python.ts";
import type { Runtime } from "../runtime.ts";

const here = dirname(fileURLToPath(import.meta.url));
const launcher = join(dirname(dirname(here)), "bin", "infermark.js");

/** The Python environment of the clients. */
export const clientEnvironment = join(dirname(here), ".environments", "clients");

/** The reference runtime as `infermark serve` starts it, for real clients to drive. */
export const reference: Runtime = {
  id: "clients",
  version: toolIdentity().version,
  readyPath: "/v2/health/ready",
  prepare() {
    pythonEnvironment(clientEnvironment, join(here, "requirements.txt"));
  },
  async start(workspace, log) {
    const [rest, grpc] = (await freePorts(2)) as [number, number];
    const args = [launcher, "serve", "--rest-port", String(rest), "--grpc-port", String(grpc)];
    return {
      process: await startServer(process.execPath, args, { cwd: workspace, env: {}, log }),
      ports: { rest, grpc },
    };
  },
};

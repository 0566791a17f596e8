import { copyFileSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFixtures } from "../../src/cli/commands/fixtures.ts";
import { freePorts, startServer } from "../process.ts";
import { pythonEnvironment } from "../python.ts";
import type { Runtime } from "../runtime.ts";

const here = dirname(fileURLToPath(import.meta.url));
const environment = join(dirname(here), ".environments", "triton");

/** Triton Inference Server on the CPU with its python backend, out of the wheel of nvidia-pytriton; started directly, without that package's Python. */
export const triton: Runtime = {
  id: "triton",
  version: "2.51.0",
  readyPath: "/v2/health/ready",
  prepare(workspace) {
    pythonEnvironment(environment, join(here, "requirements.txt"));
    const { server, python } = installed();
    // The backend starts the stub that lies beside it; the wheel holds one for each version of Python.
    const stub = "triton_python_backend_stub";
    copyFileSync(join(server, "python_backend_stubs", python, stub), join(server, "backends", "python", stub));
    writeFixtures("triton", workspace, { force: false });
  },
  async start(workspace, log) {
    const [rest, grpc, metrics] = (await freePorts(3)) as [number, number, number];
    const { server, libraries } = installed();
    const env = {
      // The interpreter inside the stub finds numpy through the first python3 on the path; it takes no PYTHONPATH.
      PATH: [join(environment, "bin"), process.env["PATH"]].join(delimiter),
      LD_LIBRARY_PATH: libraries,
    };
    const args = [
      `--model-repository=${join(workspace, "models")}`,
      `--backend-directory=${join(server, "backends")}`,
      `--cache-directory=${join(server, "caches")}`,
      // Checks may load and unload a model.
      "--model-control-mode=explicit",
      "--load-model=*",
      "--disable-auto-complete-config",
      ...address("http", rest),
      ...address("grpc", grpc),
      ...address("metrics", metrics),
      "--allow-gpu-metrics=false",
    ];
    const running = await startServer(join(server, "bin", "tritonserver"), args, { cwd: workspace, env, log });
    return { process: running, ports: { rest, grpc, metrics } };
  },
};

function address(service: string, port: number): readonly string[] {
  return [`--${service}-address=127.0.0.1`, `--${service}-port=${port}`];
}

/** Where the wheel was unpacked, and the version of Python that did it, such as 3.11. */
function installed() {
  const folder = readdirSync(join(environment, "lib")).find((name) => name.startsWith("python"));
  if (folder === undefined) throw new Error(`${environment} is no Python environment`);
  const packages = join(environment, "lib", folder, "site-packages");
  return {
    server: join(packages, "pytriton", "tritonserver"),
    libraries: join(packages, "nvidia_pytriton.libs"),
    python: folder.slice("python".length),
  };
}

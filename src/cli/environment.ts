import { cpus, release, totalmem, type } from "node:os";
import { assetJson } from "../base/assets.ts";
import type { Environment, Tool } from "../result/index.ts";

/** Name and version of this program. */
export function toolIdentity(): Tool {
  const { name, version } = assetJson("#package") as { name: string; version: string };
  return { name, version };
}

/** The machine that this program runs on. */
export function environmentOfThisMachine(): Environment {
  const processors = cpus();
  const service = continuousIntegration();
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    ...(service !== undefined && { ci: service }),
  };
}

const SERVICES = [
  ["GITHUB_ACTIONS", "GitHub Actions"],
  ["GITLAB_CI", "GitLab CI"],
  ["JENKINS_URL", "Jenkins"],
  ["BUILDKITE", "Buildkite"],
  ["CI", "unnamed"],
] as const;

function continuousIntegration(): string | undefined {
  return SERVICES.find(([variable]) => (process.env[variable] ?? "") !== "" && process.env[variable] !== "false")?.[1];
}

import type { TargetInfo } from "../target/model.ts";
import type { Suite } from "./suite.ts";

export interface Claim {
  readonly claimed: boolean;
  readonly evidence: string;
}

/** A suite is claimed when the user names it, or when the probe found one of its endpoints answering. */
export function claimOf(suite: Suite, info: TargetInfo, named: boolean): Claim {
  if (named) return { claimed: true, evidence: "named by the user" };
  if (!info[suite.transport])
    return { claimed: false, evidence: `no ${suite.transport === "rest" ? "REST" : "gRPC"} address was given` };
  const binding = info.bindings[suite.id];
  return { claimed: binding?.answers === true, evidence: binding?.evidence ?? "the probe did not look for it" };
}

import type { TargetInfo } from "../target/model.ts";
import type { Suite } from "./suite.ts";

export interface Claim {
  readonly claimed: boolean;
  readonly evidence: string;
}

/** A suite is claimed when the user names it, when server metadata lists its extension, or when one of its endpoints answers. */
export function claimOf(suite: Suite, info: TargetInfo, named: boolean): Claim {
  if (named) return { claimed: true, evidence: "named by the user" };
  if (!info[suite.transport])
    return { claimed: false, evidence: `no ${suite.transport === "rest" ? "REST" : "gRPC"} address was given` };
  if (suite.extension !== undefined) return claimOfExtension(suite.extension, info.server.extensions);
  const binding = info.bindings[suite.id];
  return { claimed: binding?.answers === true, evidence: binding?.evidence ?? "the probe did not look for it" };
}

function claimOfExtension(extension: string, listed: readonly string[]): Claim {
  const claimed = listed.includes(extension);
  return { claimed, evidence: `server metadata ${claimed ? "lists" : "does not list"} the extension ${extension}` };
}

import type { BindingInfo, TargetInfo } from "../target/model.ts";
import { type Suite, transportsOf } from "./suite.ts";

export interface Claim {
  readonly claimed: boolean;
  readonly evidence: string;
}

const NOT_LOOKED_FOR: BindingInfo = { answers: false, evidence: "the probe did not look for it" };

/**
 * A suite is claimed when the user names it, when server metadata lists its extension, or when one of its endpoints
 * answers; one that compares bindings when each of them does.
 */
export function claimOf(suite: Suite, info: TargetInfo, named: boolean): Claim {
  if (named) return { claimed: true, evidence: "named by the user" };
  const absent = transportsOf(suite).find((transport) => !info[transport]);
  if (absent) return { claimed: false, evidence: `no ${absent === "rest" ? "REST" : "gRPC"} address was given` };
  if (suite.extension !== undefined) return claimOfExtension(suite.extension, info.server.extensions);
  const bindings = (suite.compares ?? [suite.id]).map((id) => info.bindings[id] ?? NOT_LOOKED_FOR);
  const silent = bindings.filter(({ answers }) => !answers);
  const telling = silent.length > 0 ? silent : bindings;
  return { claimed: silent.length === 0, evidence: telling.map(({ evidence }) => evidence).join("; ") };
}

function claimOfExtension(extension: string, listed: readonly string[]): Claim {
  const claimed = listed.includes(extension);
  return { claimed, evidence: `server metadata ${claimed ? "lists" : "does not list"} the extension ${extension}` };
}

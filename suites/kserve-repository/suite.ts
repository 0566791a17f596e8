import type { Suite } from "#kit";
import overGrpc from "./checks/over-grpc.ts";
import checks from "./checks/repository.ts";
import { clauses } from "./clauses.ts";
import { endpointOf, list, succeeded } from "./messages.ts";

/** KServe's own form of loading and unloading models, which differs from the model repository extension. */
export const suite: Suite = {
  id: "kserve-repository",
  title: "KServe model repository over REST",
  transport: "rest",
  specifications: [{ document: "KServe, python/kserve/kserve/protocol/rest/v2_endpoints.py", revision: "v2" }],
  features: {
    grpc: {
      title: "a gRPC address",
      missing: ({ grpc }) => (grpc ? undefined : "the target has no gRPC address"),
    },
  },
  clauses,
  checks: [...checks, ...overGrpc],
  retired: {},
  endpointOf,
  succeeded,
  alive: list,
};

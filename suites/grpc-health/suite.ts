import type { Check, Suite } from "#kit";
import check from "./checks/check.ts";
import listAndWatch from "./checks/list-and-watch.ts";
import { clauses } from "./clauses.ts";
import { check as checkRequest, endpointOf, succeeded } from "./messages.ts";

const checks: readonly Check[] = [...check, ...listAndWatch];

/** gRPC's own health service, which runtimes may offer next to their inference service. */
export const suite: Suite = {
  id: "grpc-health",
  title: "gRPC health service",
  transport: "grpc",
  specifications: [{ document: "gRPC health checking protocol, grpc/health/v1/health.proto", revision: "v1" }],
  features: {
    health: {
      title: "gRPC's health service",
      missing: ({ bindings }) => {
        const found = bindings["grpc-health"];
        return found?.answers === false ? `the health service is not offered: ${found.evidence}` : undefined;
      },
    },
  },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  alive: () => checkRequest(),
};

import { type Check, listsVersions, type Suite } from "#kit";
import datatypes from "./checks/datatypes.ts";
import ids from "./checks/ids.ts";
import metadata from "./checks/metadata.ts";
import models from "./checks/models.ts";
import readiness from "./checks/readiness.ts";
import refusals from "./checks/refusals.ts";
import { clauses } from "./clauses.ts";
import { endpointOf, get, succeeded } from "./messages.ts";

const checks: readonly Check[] = [...metadata, ...readiness, ...datatypes, ...models, ...ids, ...refusals];

/** What a server that offers the Open Inference Protocol over REST and gRPC answers alike. */
export const suite: Suite = {
  id: "v2-cross",
  title: "Open Inference Protocol V2, REST and gRPC compared",
  transport: "both",
  compares: ["v2-rest", "v2-grpc"],
  specifications: [
    { document: "Open Inference Protocol, inference_rest.md and inference_grpc.md", revision: "2.0.0" },
    { document: "KServe, Binary Tensor Data Extension", revision: "2" },
  ],
  features: { versions: listsVersions },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  alive: () => get("/v2/health/live"),
};

import type { Check, Suite } from "#kit";
import badRequests from "./checks/bad-requests.ts";
import cloudEvents from "./checks/cloud-events.ts";
import models from "./checks/models.ts";
import observations from "./checks/observations.ts";
import predict from "./checks/predict.ts";
import unloadedModel from "./checks/unloaded-model.ts";
import { clauses } from "./clauses.ts";
import { endpointOf, get, succeeded } from "./messages.ts";

const checks: readonly Check[] = [
  ...models,
  ...predict,
  ...cloudEvents,
  ...badRequests,
  ...unloadedModel,
  ...observations,
];

/** KServe V1 over HTTP/REST. */
export const suite: Suite = {
  id: "v1-rest",
  title: "KServe V1 over REST",
  transport: "rest",
  specifications: [
    { document: "KServe website, docs/concepts/architecture/data-plane/v1-protocol.md", revision: "v1" },
  ],
  features: {
    explainer: {
      title: "a model with an explainer",
      rare: true,
      missing: ({ models: known }) =>
        known.some(({ name, fixture }) => fixture && name === "iris")
          ? undefined
          : "the target does not serve the fixture model iris",
    },
  },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  alive: () => get("/v1/models"),
  fuzz: async () => (await import("./fuzz.ts")).fuzzing,
};

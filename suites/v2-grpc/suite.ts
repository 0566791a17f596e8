import { type Check, type Feature, grpcPath, listsVersions, type Suite } from "#kit";
import acceptedRequests from "./checks/accepted-requests.ts";
import edgeRequests from "./checks/edge-requests.ts";
import health from "./checks/health.ts";
import largeTensors from "./checks/large-tensors-come-back-whole.ts";
import metadata from "./checks/metadata.ts";
import rawForm from "./checks/raw-form.ts";
import refusedRequests from "./checks/refused-requests.ts";
import responses from "./checks/responses.ts";
import roundTrips from "./checks/round-trips.ts";
import service from "./checks/service.ts";
import unloadedModel from "./checks/unloaded-model.ts";
import unstatedForms from "./checks/unstated-forms.ts";
import { clauses } from "./clauses.ts";
import { endpointOf, succeeded } from "./messages.ts";

const checks: readonly Check[] = [
  ...service,
  ...health,
  ...unloadedModel,
  ...metadata,
  ...acceptedRequests,
  ...refusedRequests,
  ...edgeRequests,
  ...rawForm,
  ...roundTrips,
  largeTensors,
  ...responses,
  ...unstatedForms,
];

const halfFloats: Feature = {
  title: "a model with a half-precision output",
  rare: true,
  missing: ({ models }) =>
    models.some(({ outputs }) => outputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16"))
      ? undefined
      : "no model has a half-precision output",
};

/** The Open Inference Protocol (KServe V2) over gRPC. */
export const suite: Suite = {
  id: "v2-grpc",
  title: "Open Inference Protocol V2 over gRPC",
  transport: "grpc",
  specifications: [
    { document: "Open Inference Protocol, inference_grpc.md and open_inference_grpc.proto", revision: "2.0.0" },
  ],
  features: { versions: listsVersions, "half-floats": halfFloats },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  alive: () => ({ protocol: "grpc", path: grpcPath("ServerLive"), metadata: [], messages: [new Uint8Array(0)] }),
  fuzz: async () => (await import("./fuzz.ts")).fuzzing,
};

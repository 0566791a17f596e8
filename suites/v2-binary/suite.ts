import type { Check, Suite } from "#kit";
import afterBadRequests from "./checks/after-bad-requests.ts";
import answers from "./checks/answers.ts";
import badFraming from "./checks/bad-framing.ts";
import badSizes from "./checks/bad-sizes.ts";
import concurrency from "./checks/concurrent-inferences-do-not-mix.ts";
import everyHalf from "./checks/every-half-survives.ts";
import inputs from "./checks/inputs.ts";
import largeTensors from "./checks/large-tensors-come-back-whole.ts";
import outputForms from "./checks/output-forms.ts";
import rawRequests from "./checks/raw-requests.ts";
import roundTrips from "./checks/round-trips.ts";
import zeroLengthBlob from "./checks/zero-length-blob-does-no-harm.ts";
import { clauses } from "./clauses.ts";
import { endpointOf } from "./endpoints.ts";
import { framingProblem, succeeded } from "./messages.ts";

const checks: readonly Check[] = [
  ...inputs,
  concurrency,
  largeTensors,
  ...roundTrips,
  everyHalf,
  ...outputForms,
  ...answers,
  zeroLengthBlob,
  ...badFraming,
  ...badSizes,
  ...rawRequests,
  ...afterBadRequests,
];

/** The binary tensor data extension of the Open Inference Protocol over HTTP/REST. */
export const suite: Suite = {
  id: "v2-binary",
  title: "Binary tensor data extension of Open Inference Protocol V2 over REST",
  transport: "rest",
  extension: "binary_tensor_data",
  specifications: [
    { document: "KServe, Binary Tensor Data Extension", revision: "2" },
    { document: "Triton Inference Server, extension_binary_data.md", revision: "2" },
  ],
  features: {},
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  requestProblem: (request) =>
    request.protocol === "http" && endpointOf(request) === "infer" ? framingProblem(request) : undefined,
  alive: () => ({ protocol: "http", method: "GET", path: "/v2/health/live", headers: [] }),
  fuzz: async () => (await import("./fuzz.ts")).fuzzing,
};

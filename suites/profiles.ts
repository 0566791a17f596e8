import type { Profile } from "#kit";

/** What a runtime can claim. A profile is earned when every check of its suites passes or only warns. */
export const profiles: readonly Profile[] = [
  { id: "oip-rest", title: "Open Inference Protocol V2 over REST", suites: ["v2-rest"], levels: ["core", "extended"] },
  {
    id: "oip-rest-binary",
    title: "Open Inference Protocol V2 over REST with binary tensor data",
    suites: ["v2-rest", "v2-binary"],
    levels: ["core", "extended"],
  },
  { id: "oip-grpc", title: "Open Inference Protocol V2 over gRPC", suites: ["v2-grpc"], levels: ["core", "extended"] },
  {
    id: "oip-generate",
    title: "Open Inference Protocol text generation (draft)",
    suites: ["v2-generate"],
    levels: ["core", "extended"],
  },
  { id: "kserve-v1", title: "KServe V1 over REST", suites: ["v1-rest"], levels: ["core", "extended"] },
];

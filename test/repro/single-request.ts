/** Failures that no single command shows, by check, with why. Their document says `infermark replay`. */
export const REPLAYED: Readonly<Record<string, string>> = {
  "v2-rest/concurrent-inferences-do-not-mix": "the answers mix only when many requests are in flight",
  "v2-rest/bad-request-leaves-server-serving": "the good request fails only after the bad one",
  "v2-rest/reads-can-be-repeated": "the second answer is wrong by being another than the first",
  "v2-rest/model-metadata-tells-the-truth": "metadata and an inference contradict each other",
  "v2-binary/bad-request-leaves-server-serving": "the good request fails only after the bad one",
  "v2-binary/every-half-survives": "the body with every half-precision value is too long to paste",
  "kserve-repository/unloaded-model-is-not-ready": "the model must be unloaded first",
  "v2-grpc/concurrent-inferences-do-not-mix": "the answers mix only when many calls are in flight",
  "v2-grpc/bad-request-leaves-server-serving": "the good call fails only after the bad one",
  "v2-grpc/model-metadata-tells-the-truth": "metadata and an inference contradict each other",
  "v2-grpc/unknown-fields-are-ignored": "JSON cannot carry fields that the .proto does not have",
  "v2-grpc/parameter-without-a-value-does-no-harm": "JSON has no parameter without a value",
  "grpc-health/check-can-be-repeated": "only one of many calls is answered otherwise",
};

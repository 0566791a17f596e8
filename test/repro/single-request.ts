const TOO_LONG = "its request is too long to paste";
const AFTER = "the good request fails only after the bad one";
const AT_ONCE = "the answers mix only when many requests are in flight";
const UNLOADED = "the model must be unloaded first";

/** Failures that no single command shows, by check, with why. Their document says `infermark replay`. */
export const REPLAYED: Readonly<Record<string, string>> = {
  "v1-rest/unloaded-model-is-not-ready": UNLOADED,
  "v1-rest/unloaded-model-does-not-predict": UNLOADED,
  "v2-rest/concurrent-inferences-do-not-mix": AT_ONCE,
  "v2-rest/bad-request-leaves-server-serving": AFTER,
  "v2-rest/reads-can-be-repeated": "the second answer is wrong by being another than the first",
  "v2-rest/model-metadata-tells-the-truth": "metadata and an inference contradict each other",
  "v2-rest/unloaded-model-is-not-ready": UNLOADED,
  "v2-rest/unloaded-model-does-not-infer": UNLOADED,
  "v2-rest/large-bytes-element": TOO_LONG,
  "v2-rest/large-elements-come-back-whole": TOO_LONG,
  "v2-binary/concurrent-inferences-do-not-mix": AT_ONCE,
  "v2-binary/bad-request-leaves-server-serving": AFTER,
  "v2-binary/every-half-survives": TOO_LONG,
  "v2-binary/large-tensors-come-back-whole": TOO_LONG,
  "kserve-repository/unloaded-model-is-not-ready": UNLOADED,
  "kserve-repository/unload-over-grpc-names-the-model": UNLOADED,
  "v2-grpc/concurrent-inferences-do-not-mix": AT_ONCE,
  "v2-grpc/bad-request-leaves-server-serving": AFTER,
  "v2-grpc/model-metadata-tells-the-truth": "metadata and an inference contradict each other",
  "v2-grpc/unknown-fields-are-ignored": "JSON cannot carry fields that the .proto does not have",
  "v2-grpc/parameter-without-a-value-does-no-harm": "JSON has no parameter without a value",
  "v2-grpc/unloaded-model-is-not-ready": UNLOADED,
  "v2-grpc/unloaded-model-does-not-infer": UNLOADED,
  "v2-grpc/large-tensors-come-back-whole": TOO_LONG,
  "grpc-health/check-can-be-repeated": "only one of many calls is answered otherwise",
};

/** Whether a check of this suite can only be repeated as a whole: what compares two protocols is shown by neither alone. */
export function isReplayed(check: string): boolean {
  return check in REPLAYED || check.startsWith("v2-cross/");
}

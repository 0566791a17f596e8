import type { WireRequest } from "#kit";

const INFER = /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/infer$/;

/** The endpoint kind of this binding that a request goes to: the extension is about inference alone. */
export function endpointOf(request: WireRequest): "infer" | undefined {
  return request.protocol === "http" && INFER.test(request.path) ? "infer" : undefined;
}

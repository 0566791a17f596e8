import type { WireRequest } from "#kit";

export type Endpoint = "server-metadata" | "live" | "ready" | "model-metadata" | "model-ready" | "infer";

const ROUTES: readonly (readonly [endpoint: Endpoint, path: RegExp])[] = [
  ["server-metadata", /^\/v2$/],
  ["live", /^\/v2\/health\/live$/],
  ["ready", /^\/v2\/health\/ready$/],
  ["model-ready", /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/ready$/],
  ["infer", /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/infer$/],
  ["model-metadata", /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?$/],
];

/** The endpoint kind of this binding that a request goes to. */
export function endpointOf(request: WireRequest): Endpoint | undefined {
  if (request.protocol !== "http") return undefined;
  return ROUTES.find(([, path]) => path.test(request.path))?.[0];
}

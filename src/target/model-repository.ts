import type { HttpRequest } from "../transport/index.ts";

/** The fixture model that may be unloaded and loaded again through the model repository API. */
export const TOGGLE = "toggle";

/** POST that loads or unloads a model. KServe's own form and the model repository extension agree on it over REST. */
export function repositoryChange(model: string, verb: "load" | "unload"): HttpRequest {
  return {
    protocol: "http",
    method: "POST",
    path: `/v2/repository/models/${encodeURIComponent(model)}/${verb}`,
    headers: [
      ["content-type", "application/json"],
      ["accept", "application/json"],
    ],
    body: new TextEncoder().encode("{}"),
  };
}

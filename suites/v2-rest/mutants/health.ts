import { headerOf } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { jsonReply, onReply, onRequest, onSuccess } from "./rewrite.ts";

const insistsOnAccept = (id: string, endpoint: "live" | "ready") =>
  onReply(id, `answers 406 to a GET of health/${endpoint} without an Accept header`, (scene) =>
    scene.endpoint === endpoint && headerOf(scene.request.headers, "accept") === undefined
      ? jsonReply(406, { error: "no Accept header" })
      : undefined,
  );

export const healthMutants: readonly Mutant[] = [
  onReply("live-204", "answers health/live with 204", ({ endpoint, reply }) =>
    endpoint === "live" && reply.status === 200
      ? { ...reply, status: 204, headers: [], body: new Uint8Array(0) }
      : undefined,
  ),
  onSuccess("live-as-string", 'sends {"live":"true"}', "live", () => ({ live: "true" })),
  insistsOnAccept("live-insists-on-accept", "live"),
  onReply("never-ready", "answers health/ready with 503 for ever", ({ endpoint }) =>
    endpoint === "ready" ? jsonReply(503, { ready: false }) : undefined,
  ),
  onSuccess("ready-says-false", 'answers health/ready with 200 and {"ready":false}', "ready", () => ({ ready: false })),
  insistsOnAccept("ready-insists-on-accept", "ready"),
  onReply("model-ready-204", "answers model ready with 204", ({ endpoint, reply }) =>
    endpoint === "model-ready" && reply.status === 200
      ? { ...reply, status: 204, headers: [], body: new Uint8Array(0) }
      : undefined,
  ),
  onReply("versions-is-a-model-name", "answers 404 to the readiness of an explicit version", ({ endpoint, request }) =>
    endpoint === "model-ready" && request.path.includes("/versions/")
      ? jsonReply(404, { error: "there is no model versions" })
      : undefined,
  ),
  onSuccess("model-ready-as-string", 'sends "ready":"True"', "model-ready", (body) => ({ ...body, ready: "True" })),
  onSuccess(
    "ready-names-the-first-model",
    "names the first registered model in every readiness body",
    "model-ready",
    (body, { world }) => ({
      ...body,
      name: [...world.models.keys()][0],
    }),
  ),
  onReply("every-model-is-ready", "says that any model is ready", ({ endpoint, request, reply }) =>
    endpoint === "model-ready" && reply.status === 404 && !request.path.includes("/versions/")
      ? jsonReply(200, { name: request.path.split("/")[3], ready: true })
      : undefined,
  ),
  onRequest("ready-ignores-the-version", "ignores the version in a readiness path", (request) => ({
    ...request,
    path: request.path.replace(/\/versions\/[^/]+\/ready$/, "/ready"),
  })),
];

import { bodyOf, type CensusCheck, describeAnswer, expect, type RefuseCheck } from "#kit";
import { census } from "../clauses.ts";
import { type Endpoint, endpointOf } from "../endpoints.ts";
import { get, inferBytes, modelPath } from "../messages.ts";

type Evidence = Parameters<CensusCheck["over"]>[0];

/** Error answers of one endpoint, but those that a proxy or a limit gives before the endpoint is reached. */
function errorsAt(endpoint: Endpoint, { observed }: Evidence) {
  const beforeTheEndpoint = new Set([401, 403, 405, 411, 413, 414, 415, 429, 431, 502, 503, 504]);
  return observed.filter(({ exchange }) => {
    const status = exchange.head?.status ?? 0;
    return (
      !exchange.failure && status >= 400 && !beforeTheEndpoint.has(status) && endpointOf(exchange.request) === endpoint
    );
  });
}

async function promptMetadata(context: Parameters<RefuseCheck["control"]>[0]): Promise<void> {
  await context.send(get(modelPath("no-such-model")), { invalid: true });
}

async function promptInfer(context: Parameters<RefuseCheck["control"]>[0]): Promise<void> {
  await context.send(inferBytes(context.model.name, new TextEncoder().encode('{"inputs":')), { invalid: true });
}

/** Whether the target distinguishes success from failure at all; one that fails everything shows nothing by its errors. */
function someSucceed({ observed }: Evidence): boolean {
  return observed.some(({ exchange }) => exchange.head?.status === 200 && !exchange.failure);
}

const errorObject = (
  endpoint: "infer" | "model-metadata",
  slug: string,
  clause: "V2REST-INFER-05" | "V2REST-MMETA-11",
  ...kills: readonly string[]
): CensusCheck =>
  census({
    id: `v2-rest/${slug}`,
    title: `A failed ${endpoint === "infer" ? "inference" : "metadata request"} is answered with a JSON object whose error is a string`,
    clause,
    kills,
    prompt: endpoint === "infer" ? promptInfer : promptMetadata,
    over: (evidence) => (someSucceed(evidence) ? errorsAt(endpoint, evidence) : []),
    judge({ exchange }) {
      const body = expect.object(exchange);
      const members = Object.keys(body).join(", ") || "no member";
      expect.that(
        typeof body["error"] === "string",
        'a JSON object with a string "error"',
        `an object with ${members}`,
        "/error",
      );
    },
  });

const errorText = census({
  id: "v2-rest/infer-error-is-descriptive",
  title: "The error of a failed inference is not empty",
  clause: "V2REST-INFER-06",
  kills: ["v2-rest:empty-errors"],
  prompt: promptInfer,
  over: (evidence) =>
    (someSucceed(evidence) ? errorsAt("infer", evidence) : []).filter(
      ({ exchange }) => typeof errorOf(exchange) === "string",
    ),
  judge: ({ exchange }) =>
    expect.that(
      errorOf(exchange) !== "",
      "a message that describes the error",
      `an empty one (${describeAnswer(exchange)})`,
      "/error",
    ),
});

function errorOf(exchange: Evidence["observed"][number]["exchange"]): unknown {
  try {
    return (JSON.parse(Buffer.from(bodyOf(exchange)).toString("utf8")) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}

export default [
  errorObject(
    "infer",
    "infer-errors-are-error-objects",
    "V2REST-INFER-05",
    "v2-rest:errors-under-detail",
    "v2-rest:errors-with-a-short-length",
  ),
  errorText,
  errorObject(
    "model-metadata",
    "metadata-errors-are-error-objects",
    "V2REST-MMETA-11",
    "v2-rest:metadata-error-under-message",
  ),
];

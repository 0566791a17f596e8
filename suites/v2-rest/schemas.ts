import {
  assetJson,
  type BodySchema,
  bodyOf,
  bodySchema,
  type CensusItem,
  type CheckContext,
  type Evidence,
  type Exchange,
  Nonconformance,
  oncePer,
  readJson,
  show,
  toPlain,
} from "#kit";
import { type Endpoint, endpointOf } from "./endpoints.ts";

const compiled = new Map<Endpoint, BodySchema>();

const FILES: Readonly<Partial<Record<Endpoint, string>>> = {
  "server-metadata": "server-metadata",
  "model-metadata": "model-metadata",
  infer: "infer-response",
  live: "health",
  ready: "health",
  "model-ready": "health",
};

function schemaOf(endpoint: Endpoint): BodySchema {
  const known = compiled.get(endpoint);
  if (known) return known;
  const schema = bodySchema(assetJson(`#suites/v2-rest/schemas/${FILES[endpoint]}.schema.json`) as object);
  compiled.set(endpoint, schema);
  return schema;
}

export interface SuccessItem extends CensusItem {
  /** The body with ordinary numbers; undefined when it is empty or not JSON. */
  readonly body: unknown;
}

/** Many checks ask for the body of the same answer. */
const plainBody = oncePer((exchange: Exchange): { readonly value: unknown } | undefined => {
  const read = readJson(bodyOf(exchange), { nonFinite: true });
  return read.ok ? { value: toPlain(read.value) } : undefined;
});

/** Every 200 that answers a valid request to this endpoint. */
export function successesAt(endpoint: Endpoint, { observed }: Evidence): readonly SuccessItem[] {
  return observed
    .filter(({ exchange, invalid }) => !invalid && !exchange.failure && exchange.head?.status === 200)
    .filter(({ exchange }) => endpointOf(exchange.request) === endpoint)
    .flatMap(({ exchange, check }) => {
      const read = plainBody(exchange);
      return read ? [{ exchange, check, body: read.value }] : [];
    })
    .filter(({ body }) => isRecognisable(endpoint, body));
}

const MEMBERS: Readonly<Partial<Record<Endpoint, readonly string[]>>> = {
  "server-metadata": ["name", "version", "extensions"],
  "model-metadata": ["name", "platform", "inputs", "outputs"],
  infer: ["model_name", "outputs"],
};

/** An object with none of the endpoint's members is no answer of its kind; what it lacks is judged where it is asked for. */
function isRecognisable(endpoint: Endpoint, body: unknown): boolean {
  const members = MEMBERS[endpoint];
  if (!members || typeof body !== "object" || body === null || Array.isArray(body)) return true;
  return members.some((member) => member in body);
}

/** Fails on the first violation of the endpoint's schema that belongs to the clause; a null that only warns warns. */
export function judgeBySchema(endpoint: Endpoint, clause: string, body: unknown, context: CheckContext): void {
  for (const violation of schemaOf(endpoint).violations(body)) {
    if (violation.clause !== clause) continue;
    if (violation.nullOnly) context.warn(`${violation.at} is null`);
    else throw new Nonconformance(violation.expected, show(violation.value), anyIndex(violation.at));
  }
}

/** Indices are left out, so that the same mistake in every element is one violation. */
function anyIndex(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/|$)/g, "/*");
}

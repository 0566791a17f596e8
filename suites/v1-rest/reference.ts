import {
  elementCount,
  headerOf,
  JsonNumber,
  type JsonValue,
  nest,
  readJson,
  type Tensor,
  tensorFromJson,
  tensorToJsonData,
  writeJson,
} from "#kit";
import type { Handler, HttpReply, ReferenceRequest } from "../../src/reference/handler.ts";
import type { ReferenceModel, World } from "../../src/reference/world.ts";
import { REQUIRED, STRUCTURED_TYPE } from "./cloud-events.ts";

const utf8 = new TextEncoder();

type HttpRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** A model of V1 alone: any JSON goes in as an instance and comes back as its prediction. */
export const ECHO_MODEL = "rows_and_objects";

class Refused extends Error {}

/** KServe V1 as the reference runtime speaks it. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "http") return undefined;
  const [path = ""] = request.path.split("?");
  if (path === "/" && request.method === "GET") return reply(200, { status: "alive" });
  const match = /^\/v1\/models(?:\/([^/:]+)(?::([^/]+))?)?$/.exec(path);
  if (!match) return undefined;
  const [, encoded, verb] = match;
  if (encoded === undefined)
    return request.method === "GET" ? reply(200, { models: namesIn(world) }) : problem(405, "only GET is allowed here");
  const name = decodeURIComponent(encoded);
  if (!namesIn(world).includes(name)) return problem(404, `model ${name} not found`);
  if (verb === undefined)
    return request.method === "GET" ? readiness(world, name) : problem(405, "only GET is allowed here");
  if (verb !== "predict" && verb !== "explain") return problem(404, `there is no verb ${verb}`);
  if (request.method !== "POST") return problem(405, "only POST is allowed here");
  return verb === "predict" ? predictInKind(request, world, name) : run(request, world, name, verb);
};

function namesIn(world: World): readonly string[] {
  return [...world.models.keys(), ECHO_MODEL];
}

function readiness(world: World, name: string): HttpReply {
  return world.notReady.has(name) ? problem(503, `model ${name} is not ready`) : reply(200, { name, ready: true });
}

/** A prediction that came in a CloudEvent is answered in one, as it came: structured or binary. */
async function predictInKind(request: HttpRequest, world: World, name: string): Promise<HttpReply> {
  const isStructured = headerOf(request.headers, "content-type") === STRUCTURED_TYPE;
  const isBinary = REQUIRED.every((attribute) => headerOf(request.headers, `ce-${attribute}`) !== undefined);
  if (!isStructured && !isBinary) return run(request, world, name, "predict");
  const read = readJson(request.body);
  const event = read.ok && read.value instanceof Map ? (read.value as ReadonlyMap<string, JsonValue>) : undefined;
  const body = isStructured ? utf8.encode(writeJson(event?.get("data") ?? null)) : request.body;
  const answer = await run({ ...request, body }, world, name, "predict");
  return answer.status === 200 ? inEvent(answer, name, isStructured) : answer;
}

function inEvent(answer: HttpReply, model: string, isStructured: boolean): HttpReply {
  const attributes = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: `infermark.reference.${model}`,
    type: "infermark.reference.prediction",
    time: new Date().toISOString(),
  };
  if (!isStructured) {
    const fields = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value] as const);
    return { ...answer, headers: [...answer.headers, ...fields] };
  }
  const data = readJson(answer.body);
  const event = writeJson({ ...attributes, data: data.ok ? data.value : null });
  return { ...answer, headers: [["content-type", STRUCTURED_TYPE]], body: utf8.encode(event) };
}

async function run(request: HttpRequest, world: World, name: string, verb: "predict" | "explain"): Promise<HttpReply> {
  if (world.notReady.has(name)) return problem(503, `model ${name} is not ready`);
  try {
    const instances = readInstances(request.body);
    const model = world.models.get(name);
    const predictions = model ? await predict(model, instances) : instances;
    if (verb === "predict") return reply(200, { predictions });
    if (name !== "iris") return problem(501, `model ${name} has no explainer`);
    return reply(200, {
      predictions,
      explanations: instances.map((row) => (Array.isArray(row) ? row.map(() => 0.25) : null)),
    });
  } catch (thrown) {
    if (thrown instanceof Refused) return problem(400, thrown.message);
    if (thrown instanceof Error && thrown.name === "ModelError")
      return problem("fault" in thrown && thrown.fault === "client" ? 400 : 500, thrown.message);
    throw thrown;
  }
}

function readInstances(bytes: Uint8Array): readonly JsonValue[] {
  const read = readJson(bytes);
  if (!read.ok) throw new Refused(`the body is not JSON: ${read.problem}`);
  if (!(read.value instanceof Map)) throw new Refused("the body must be an object");
  const body = read.value as ReadonlyMap<string, JsonValue>;
  const instances = body.get("instances") ?? body.get("inputs");
  if (!Array.isArray(instances)) throw new Refused("instances or inputs must be a list");
  if (body.has("instances") && body.has("inputs")) throw new Refused("instances and inputs cannot both be given");
  return instances as readonly JsonValue[];
}

async function predict(model: ReferenceModel, instances: readonly JsonValue[]): Promise<readonly unknown[]> {
  const [spec, ...more] = model.inputs;
  if (!spec || more.length > 0) throw new Refused(`model ${model.name} takes more than one input; use V2`);
  if (instances.length === 0) throw new Refused("instances is empty");
  const shape = shapeOf(instances);
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => spec.shape[axis] === -1 || spec.shape[axis] === size);
  if (!fits) throw new Refused(`instances have shape [${shape.join(",")}], the model takes [${spec.shape.join(",")}]`);
  const read = tensorFromJson(
    new Map<string, JsonValue>([
      ["name", spec.name],
      ["datatype", spec.datatype],
      ["shape", shape.map((size) => new JsonNumber(String(size)))],
      ["data", instances],
    ]),
  );
  if (!read.ok) throw new Refused(read.problem);
  const version = model.versions.at(-1) as string;
  const [output] = (await model.infer({ version, inputs: [read.tensor], parameters: {} })) as readonly Tensor[];
  return output && elementCount(output.shape) > 0
    ? (nest(output.shape, tensorToJsonData(output)) as readonly unknown[])
    : [];
}

function shapeOf(value: JsonValue): readonly number[] {
  if (!Array.isArray(value)) return [];
  const items = value as readonly JsonValue[];
  return [items.length, ...shapeOf(items[0] ?? null)];
}

function reply(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: utf8.encode(writeJson(value)),
  };
}

function problem(status: number, error: string): HttpReply {
  return reply(status, { error });
}

import { decodeMessage, type JsonValue, readJson, type Tensor, toPlain } from "#kit";
import type { GrpcReply, Handler, HttpReply, ReferenceRequest, World } from "../../../src/reference/index.ts";

/** A fault of the reference runtime that only odd requests reach, and how it must be found. */
export interface OddFault {
  readonly does: string;
  readonly suite: string;
  readonly kind: string;
  /** The most that the smallest request may hold: bytes, and changes of a valid request. */
  readonly mostBytes: number;
  readonly mostChanges: number;
  /** How many requests of seed 1 are plenty to come across it. */
  readonly requests: number;
  readonly handler: (request: ReferenceRequest, world: World) => HttpReply | GrpcReply | undefined;
}

const text = new TextEncoder();

function http(status: number, value: unknown, extra: Partial<HttpReply> = {}): HttpReply {
  const body = text.encode(JSON.stringify(value));
  return { protocol: "http", status, headers: [["content-type", "application/json"]], body, ...extra };
}

function grpc(extra: Partial<GrpcReply>): GrpcReply {
  return { protocol: "grpc", status: 13, message: "internal error", messages: [], ...extra };
}

/** The JSON of an inference request; undefined when it is no JSON object. */
function jsonOf(request: ReferenceRequest): Readonly<Record<string, unknown>> | undefined {
  if (request.protocol !== "http" || request.method !== "POST") return undefined;
  const read = readJson(request.body);
  return read.ok && read.value instanceof Map ? (toPlain(read.value) as Record<string, unknown>) : undefined;
}

function bodyText(request: ReferenceRequest): string {
  return request.protocol === "http" ? Buffer.from(request.body).toString("latin1") : "";
}

function inputsIn(request: ReferenceRequest): readonly Readonly<Record<string, unknown>>[] {
  const inputs = jsonOf(request)?.["inputs"];
  return Array.isArray(inputs) ? inputs.filter((each) => typeof each === "object" && each !== null) : [];
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function header(request: ReferenceRequest, name: string): string | undefined {
  return request.headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

const TRACE = 'Traceback (most recent call last):\n  File "server.py", line 12, in infer\nRecursionError: too deep';

const INFER_ANSWER = (data: readonly JsonValue[], { shape, name }: Pick<Tensor, "shape" | "name">) => ({
  model_name: "identity_int64",
  outputs: [{ name, datatype: "INT64", shape, data }],
});

export const ODD_FAULTS: readonly OddFault[] = [
  {
    does: "drops the connection when a shape holds a negative number",
    suite: "v2-rest",
    kind: "drops-connection",
    mostBytes: 90,
    mostChanges: 1,
    requests: 400,
    handler: (request) => {
      const shapes = inputsIn(request).map(({ shape }) => shape);
      const negative = shapes.some((shape) => Array.isArray(shape) && shape.some((size) => Number(size) < 0));
      return negative ? http(200, {}, { fault: "drop" }) : undefined;
    },
  },
  {
    does: "hangs on an empty list of inputs",
    suite: "v2-rest",
    kind: "hangs",
    mostBytes: 30,
    mostChanges: 1,
    requests: 300,
    handler: (request) => {
      const inputs = jsonOf(request)?.["inputs"];
      return Array.isArray(inputs) && inputs.length === 0 ? http(200, {}, { fault: "hang" }) : undefined;
    },
  },
  {
    does: "answers 500 with the stack of the program to a deep parameter",
    suite: "v2-rest",
    kind: "leaks-stack-trace",
    mostBytes: 140,
    mostChanges: 1,
    requests: 100,
    handler: (request) => {
      const body = jsonOf(request);
      return body && depthOf(body["parameters"]) > 3 ? http(500, { error: TRACE }) : undefined;
    },
  },
  {
    does: "dies after a NaN, and is started again",
    suite: "v2-rest",
    kind: "stops-serving",
    mostBytes: 90,
    mostChanges: 1,
    requests: 200,
    handler: (request, world) => {
      const down = (world.memory.get("down") as number | undefined) ?? 0;
      if (down > 0) world.memory.set("down", down - 1);
      else if (bodyText(request).includes("NaN")) world.memory.set("down", 8);
      return down > 0 || bodyText(request).includes("NaN") ? http(200, {}, { fault: "drop" }) : undefined;
    },
  },
  {
    does: "answers a dozen requests with 500 after one with a content encoding",
    suite: "v2-rest",
    kind: "breaks-follow-up",
    mostBytes: 90,
    mostChanges: 1,
    requests: 150,
    handler: (request, world) => {
      const left = (world.memory.get("sick") as number | undefined) ?? 0;
      if (left > 0) world.memory.set("sick", left - 1);
      else if (header(request, "content-encoding") !== undefined) world.memory.set("sick", 12);
      return left > 0 ? http(500, { error: "out of order" }) : undefined;
    },
  },
  {
    does: "answers an id that is no ASCII with 500 in plain text",
    suite: "v2-rest",
    kind: "improper-error",
    mostBytes: 90,
    mostChanges: 0,
    requests: 100,
    handler: (request) => {
      const id = jsonOf(request)?.["id"];
      const plain = { headers: [["content-type", "text/plain"]] as const, body: text.encode("Internal Server Error") };
      return typeof id === "string" && /[^\x20-\x7e]/.test(id) ? http(500, {}, plain) : undefined;
    },
  },
  {
    does: "rounds integers beyond 2^53",
    suite: "v2-rest",
    kind: "wrong-answer",
    mostBytes: 110,
    mostChanges: 0,
    requests: 900,
    handler: (request) => {
      if (request.path !== "/v2/models/identity_int64/infer") return undefined;
      const [input] = inputsIn(request) as readonly { shape: number[]; data: number[] }[];
      if (!bodyText(request).includes("9223372036854775807") || !input) return undefined;
      const flat = (input.data as readonly unknown[]).flat(Infinity) as readonly JsonValue[];
      return http(200, INFER_ANSWER(flat, { name: "OUTPUT0", shape: input.shape }));
    },
  },
  {
    does: "hangs on a prediction whose instances are no list",
    suite: "v1-rest",
    kind: "hangs",
    mostBytes: 30,
    mostChanges: 1,
    requests: 100,
    handler: (request) => {
      const instances = jsonOf(request)?.["instances"];
      return typeof instances === "string" ? http(200, {}, { fault: "hang" }) : undefined;
    },
  },
  {
    does: "ends the connection when the length of the JSON goes beyond the body",
    suite: "v2-binary",
    kind: "drops-connection",
    mostBytes: 120,
    mostChanges: 1,
    requests: 100,
    handler: (request) => {
      const length = Number(header(request, "inference-header-content-length"));
      return request.protocol === "http" && length > request.body.length ? http(200, {}, { fault: "drop" }) : undefined;
    },
  },
  {
    does: "answers a binary request whose sizes disagree with half of an answer",
    suite: "v2-binary",
    kind: "malformed-answer",
    mostBytes: 120,
    mostChanges: 1,
    requests: 150,
    handler: (request) => {
      const size = Number(/"binary_data_size":(-?\d+)/.exec(bodyText(request))?.[1] ?? 0);
      return size < 0 ? http(200, { outputs: "none" }) : undefined;
    },
  },
  {
    does: "resets the stream on a group, which proto3 does not have",
    suite: "v2-grpc",
    kind: "drops-connection",
    mostBytes: 60,
    mostChanges: 1,
    requests: 200,
    handler: (request) => {
      if (request.protocol !== "grpc") return undefined;
      // Field 1000 as the start of a group.
      return Buffer.from(request.messages[0] ?? []).includes(Buffer.of(0xc3, 0x3e))
        ? grpc({ resetCode: 2 })
        : undefined;
    },
  },
  {
    does: "answers INTERNAL with a stack to a request without inputs",
    suite: "v2-grpc",
    kind: "leaks-stack-trace",
    mostBytes: 60,
    mostChanges: 1,
    requests: 100,
    handler: (request) => {
      if (request.protocol !== "grpc" || !request.path.endsWith("/ModelInfer")) return undefined;
      try {
        const { inputs } = decodeMessage("ModelInferRequest", request.messages[0] ?? new Uint8Array(0));
        return inputs.length === 0 ? grpc({ message: "at Infer (/srv/app/server.js:12:5)" }) : undefined;
      } catch {
        return undefined;
      }
    },
  },
];

/** Asked before the references: what it leaves alone they answer. */
export function handlerOf(fault: OddFault): Handler {
  return async (request, world) => fault.handler(request, world);
}

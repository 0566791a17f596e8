import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../src/base/random.ts";
import type { EncodedRequest, Workload } from "../../src/load/index.ts";
import type { ModelInfo } from "../../src/target/index.ts";
import { workloads as binary } from "../../suites/v2-binary/workload.ts";
import { workloads as grpc } from "../../suites/v2-grpc/workload.ts";
import { workloads as rest } from "../../suites/v2-rest/workload.ts";

export type Protocol = "http" | "grpc";

/** So many requests in flight, each followed by the next; or so many a second, whatever the answers do. */
export type Load =
  | { readonly kind: "closed"; readonly inFlight: number }
  | { readonly kind: "open"; readonly rate: number; readonly maxInFlight: number };

/** What is asked for: a model with one FP32 tensor of so many floats. */
export interface Question {
  readonly model: string;
  readonly tensor: string;
  readonly floats: number;
  /** The server tells the model's configuration, as Triton does beyond what V2 asks of it. */
  readonly configured: boolean;
}

/** One run of one client. */
export interface Task {
  readonly protocol: Protocol;
  readonly question: Question;
  readonly load: Load;
  readonly seconds: number;
  readonly port: number;
}

/** A request as files and texts, for clients that are given one. */
export interface Sample {
  readonly url: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The HTTP body or the protobuf message; `framedFile` has gRPC's five bytes before it. */
  readonly bodyFile: string;
  readonly framedFile: string;
}

/** Tensors above this many floats travel as binary data over HTTP too, as no one would send them as JSON. */
const MOST_JSON_FLOATS = 1000;
/** What the engine wire puts on one connection over gRPC unless told otherwise. */
const CALLS_PER_CONNECTION = 100;

export const PROTOS = fileURLToPath(new URL("../../protos", import.meta.url));

export function workloadFor({ protocol, question }: Pick<Task, "protocol" | "question">): Workload {
  const list = protocol === "grpc" ? grpc : question.floats > MOST_JSON_FLOATS ? binary : rest;
  return list[0] as Workload;
}

export function modelOf({ model, tensor, floats }: Question): ModelInfo {
  return {
    name: model,
    versions: [],
    inputs: [{ name: tensor, datatype: "FP32", shape: [-1, floats] }],
    outputs: [],
    fixture: false,
    foundBy: [],
  };
}

export function inFlightOf(load: Load): number {
  return load.kind === "closed" ? load.inFlight : load.maxInFlight;
}

/** Connections over gRPC: as many as infermark opens by itself, for every client that can be told. */
export function grpcConnections(load: Load): number {
  return Math.ceil(inFlightOf(load) / CALLS_PER_CONNECTION);
}

/** The first of infermark's own requests for this question. */
export function firstRequest(task: Pick<Task, "protocol" | "question">): EncodedRequest {
  const random = seededRandom(1, "load");
  const [request] = workloadFor(task).encode({ model: modelOf(task.question), batch: 1, random, count: 1 });
  if (!request) throw new Error("the workload encodes nothing");
  return request;
}

/** Writes it into a folder. */
export function sampleOf(task: Task, folder: string): Sample {
  const { path, headers, body } = firstRequest(task);
  const name = `${task.protocol}-${task.question.model}`;
  const [bodyFile, framedFile] = [join(folder, `${name}.body`), join(folder, `${name}.framed`)];
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  writeFileSync(bodyFile, body);
  writeFileSync(framedFile, Buffer.concat([prefix, body]));
  return { url: `http://127.0.0.1:${task.port}${path}`, path, headers, bodyFile, framedFile };
}

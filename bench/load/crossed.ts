/**
 * Are answers found that reach the wrong request, one pair in ten thousand? The server swaps two answers that are under way together.
 * npx tsx --conditions=source bench/load/crossed.ts [runs] [requests]
 */
import { createServer, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import {
  type ConcurrencyPlan,
  createEngine,
  type EncodedRequest,
  type LoadProtocol,
  runLoad,
} from "../../src/load/index.ts";
import type { ModelInfo } from "../../src/target/index.ts";
import { workloads as grpcWorkloads } from "../../suites/v2-grpc/workload.ts";
import { workloads as restWorkloads } from "../../suites/v2-rest/workload.ts";

const EVERY = 10_000;
const model: ModelInfo = {
  name: "m",
  versions: [],
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [],
  fixture: false,
  foundBy: [],
};

/** Counts answers, and swaps every ten-thousandth with the one after it. */
function swapping<Way>(answer: (way: Way, body: Buffer) => void) {
  let count = 0;
  let planted = 0;
  let held: { readonly way: Way; readonly body: Buffer } | undefined;
  return {
    take: (way: Way, body: Buffer) => {
      if (held) {
        answer(held.way, body);
        answer(way, held.body);
        planted++;
        held = undefined;
      } else if (++count % EVERY === 0) held = { way, body };
      else answer(way, body);
    },
    planted: () => planted,
  };
}

async function rest() {
  const swap = swapping<ServerResponse>((response, body) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [, id] = /"id":"([^"]*)"/.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
      const [, data] = /"data":(\[[^\]]*\])/.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
      const output = `{"name":"y","shape":[1,4],"datatype":"FP32","data":${data}}`;
      swap.take(response, Buffer.from(`{"model_name":"m","id":"${id}","outputs":[${output}]}`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    planted: swap.planted,
    close: () => server.closeAllConnections(),
  };
}

/** Answers with a ModelInferResponse that has model_name, id (the request's field 3 begins the id) and no outputs. */
async function grpc() {
  const swap = swapping<ServerHttp2Stream>((stream, body) => {
    if (stream.destroyed) return;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(body);
  });
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("end", () => swap.take(stream, echoed(Buffer.concat(chunks))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, planted: swap.planted, close: () => server.close() };
}

/** ModelInferResponse {model_name = 1: "m", id = 3, outputs = 5: {name: "y", datatype: "FP32", shape: [1, 4]}, raw_output_contents = 6}. */
function echoed(framed: Buffer): Buffer {
  const message = framed.subarray(5);
  let id: Buffer = Buffer.alloc(0);
  let raw: Buffer = Buffer.alloc(0);
  for (let at = 0; at < message.length; ) {
    const tag = message[at++] as number;
    const length = message[at++] as number;
    const value = message.subarray(at, at + length);
    if (tag >> 3 === 3) id = value;
    if (tag >> 3 === 7) raw = value;
    at += length;
  }
  const field = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
  const output = Buffer.concat([
    field(1, Buffer.from("y")),
    field(2, Buffer.from("FP32")),
    field(3, Buffer.from([1, 4])),
  ]);
  const answer = Buffer.concat([field(1, Buffer.from("m")), field(3, id), field(5, output), field(6, raw)]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(answer.length, 1);
  return Buffer.concat([prefix, answer]);
}

const [runs = 5, requests = 100_000] = process.argv.slice(2).map(Number);
const WAYS: readonly (readonly [LoadProtocol, string, typeof rest, readonly { readonly encoding: string }[]])[] = [
  ["v2-rest", "json", rest, restWorkloads],
  ["v2-grpc", "raw", grpc, grpcWorkloads],
];
let missed = 0;
for (const [protocol, encoding, start, workloads] of WAYS) {
  const workload = workloads.find((each) => each.encoding === encoding) as (typeof restWorkloads)[number];
  for (let run = 0; run < runs; run++) {
    const server = await start();
    const engine = await createEngine("wire", { host: "127.0.0.1", port: server.port, prefix: "", headers: [] });
    const stop = new AbortController();
    let asked = 0;
    // The phase ends after so many requests.
    const counting = {
      ...workload,
      cheap: (request: EncodedRequest, response: Parameters<typeof workload.cheap>[1]) => {
        if (++asked === requests) stop.abort();
        return workload.cheap(request, response);
      },
    };
    const plan: ConcurrencyPlan = {
      mode: "concurrency",
      protocol,
      encoding,
      model: "m",
      batch: 1,
      engine: "wire",
      concurrency: 32,
      durationMs: 120_000,
      warmupMs: 0,
      requestTimeoutMs: 5_000,
      fullCheckEvery: 1e9,
      seed: run,
    };
    const { counts } = await runLoad(plan, { engine, workload: counting, model, signal: stop.signal });
    await engine.close();
    server.close();
    const planted = 2 * server.planted();
    console.log(
      `${protocol} run ${run + 1}: ${counts.sent} requests, ${planted} answers swapped, ${counts.wrongAnswer} found`,
    );
    if (counts.wrongAnswer === 0 || counts.wrongAnswer > planted) missed++;
  }
}
console.log(missed === 0 ? "swapped answers were found in every run" : `swapped answers were missed in ${missed} runs`);
process.exitCode = missed === 0 ? 0 : 1;

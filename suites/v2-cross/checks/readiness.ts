import {
  bodyOf,
  type CheckContext,
  type Exchange,
  expect,
  type GrpcRequest,
  given,
  grpcOutcome,
  type HttpRequest,
} from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, call, get, givenServes, modelPath } from "../messages.ts";

const POLLS = 3;

/** One question in the words of both transports. */
interface Question {
  readonly rest: HttpRequest;
  readonly grpc: GrpcRequest;
  readonly method: "ServerReady" | "ModelReady";
}

const ofServer: Question = { rest: get("/v2/health/ready"), grpc: call("ServerReady", {}), method: "ServerReady" };

function ofModel(name: string): Question {
  return { rest: get(`${modelPath(name)}/ready`), grpc: call("ModelReady", { name }), method: "ModelReady" };
}

/** A 2xx status that no `ready: false` takes back. */
function readyOverRest(exchange: Exchange): boolean {
  given.answered(exchange);
  return exchange.head.status < 300 && !/"ready"\s*:\s*false/.test(Buffer.from(bodyOf(exchange)).toString());
}

function readyOverGrpc(exchange: Exchange, method: Question["method"]): boolean {
  const outcome = grpcOutcome(exchange);
  given.that(outcome.ok, "a gRPC status", outcome.ok ? "" : outcome.problem);
  return outcome.code === 0 && answerOf(given, method, exchange).ready;
}

/** Both transports say the same, and say it each time they are asked. */
async function expectAgreement(context: CheckContext, { rest, grpc, method }: Question): Promise<void> {
  await givenServes(context);
  const polls: string[] = [];
  for (let poll = 0; poll < POLLS; poll++) {
    const overRest = readyOverRest(await context.send(rest));
    const overGrpc = readyOverGrpc(await context.send(grpc), method);
    polls.push(`${overRest ? "ready" : "not ready"} over REST, ${overGrpc ? "ready" : "not ready"} over gRPC`);
  }
  const [first = ""] = polls;
  given.that(
    polls.every((poll) => poll === first),
    "a server at rest",
    polls.join("; then "),
  );
  expect.that(
    ["ready over REST, ready over gRPC", "not ready over REST, not ready over gRPC"].includes(first),
    "one answer over both",
    first,
  );
}

export default [
  observe({
    id: "v2-cross/server-readiness-agrees",
    title: "REST and gRPC agree on whether the server is ready",
    clause: "V2X-READY-01",
    kills: ["v2-cross:grpc-is-never-ready"],
    run: (context) => expectAgreement(context, ofServer),
  }),
  observe({
    id: "v2-cross/model-readiness-agrees",
    title: "REST and gRPC agree on whether a model is ready",
    clause: "V2X-READY-01",
    kills: ["v2-cross:rest-loads-lazily"],
    run: (context) => expectAgreement(context, ofModel(context.model.name)),
  }),
  observe({
    id: "v2-cross/unknown-model-readiness-agrees",
    title: "REST and gRPC agree that a model that does not exist is not ready",
    clause: "V2X-READY-01",
    negative: true,
    kills: ["v2-cross:grpc-has-every-model-ready"],
    run: (context) => expectAgreement(context, ofModel("no-such-model")),
  }),
];

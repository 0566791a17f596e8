import { describeAnswer, expect, given, grpcOutcome, versionedModel } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, call, givenServes } from "../messages.ts";

/** Codes that blame the server for a question about a model that it does not have. */
const UNKNOWN = 2;
const INTERNAL = 13;

const live = observe({
  id: "v2-grpc/live-is-true",
  title: "ServerLive says live=true while the server serves inferences",
  clause: "V2GRPC-LIVE-01",
  kills: ["v2-grpc:live-left-at-default"],
  async run(context) {
    await givenServes(context);
    expect.equal(answerOf(expect, "ServerLive", await context.send(call("ServerLive", {}))).live, true, "live");
  },
});

const ready = observe({
  id: "v2-grpc/ready-is-true",
  title: "ServerReady says ready=true while the server serves inferences",
  clause: "V2GRPC-READY-01",
  kills: ["v2-grpc:never-ready"],
  async run(context) {
    await givenServes(context);
    expect.equal(answerOf(expect, "ServerReady", await context.send(call("ServerReady", {}))).ready, true, "ready");
  },
});

const modelReady = observe({
  id: "v2-grpc/model-ready-is-true",
  title: "ModelReady says ready=true for a model that serves inferences",
  clause: "V2GRPC-MREADY-01",
  kills: ["v2-grpc:no-model-is-ready", "v2-grpc:wants-a-version-for-readiness"],
  async run(context) {
    await givenServes(context);
    const exchange = await context.send(call("ModelReady", { name: context.model.name }));
    expect.equal(answerOf(expect, "ModelReady", exchange).ready, true, "ready");
  },
});

const unknownModel = observe({
  id: "v2-grpc/unknown-model-is-not-ready",
  title: "A model that does not exist is never ready",
  clause: "V2GRPC-MREADY-04",
  negative: true,
  kills: ["v2-grpc:every-model-is-ready"],
  async run(context) {
    const known = await context.send(call("ModelReady", { name: context.model.name }));
    given.equal(answerOf(given, "ModelReady", known).ready, true, "ready");
    judgeNotReady(context, await context.send(call("ModelReady", { name: "no-such-model" }), { invalid: true }));
  },
});

const unknownVersion = observe({
  id: "v2-grpc/unknown-version-is-not-ready",
  title: "A version that does not exist is never ready",
  clause: "V2GRPC-MREADY-05",
  negative: true,
  requires: ["versions"],
  kills: ["v2-grpc:ready-ignores-the-version"],
  async run(context) {
    const model = versionedModel(context);
    const known = await context.send(call("ModelReady", { name: model.name, version: model.versions[0] }));
    given.equal(answerOf(given, "ModelReady", known).ready, true, "ready");
    judgeNotReady(
      context,
      await context.send(call("ModelReady", { name: model.name, version: "999999" }), { invalid: true }),
    );
  },
});

/** OK with false says no, and so does any other status; UNKNOWN and INTERNAL blame the server and warn. */
export function judgeNotReady(
  context: Parameters<typeof givenServes>[0],
  exchange: Parameters<typeof given.message>[0],
): void {
  const outcome = grpcOutcome(exchange);
  given.that(outcome.ok, "a gRPC status", describeAnswer(exchange));
  if (outcome.code === UNKNOWN || outcome.code === INTERNAL)
    context.warn(`readiness of what does not exist is answered with ${describeAnswer(exchange)}`);
  if (outcome.code === 0) expect.equal(answerOf(expect, "ModelReady", exchange).ready, false, "ready");
}

export default [live, ready, modelReady, unknownModel, unknownVersion];

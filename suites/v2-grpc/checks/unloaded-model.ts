import { describeAnswer, describeDifference, expect, given, type Tensor, TOGGLE } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, call, infer, outputNamed, outputsOf, refusedWith, statusOf } from "../messages.ts";
import { judgeNotReady } from "./health.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1.5, -2] };
const requires = [`model:${TOGGLE}`];
const readiness = () => call("ModelReady", { name: TOGGLE });
const inference = () => infer(TOGGLE, [TENSOR]);
const isReady = (exchange: Parameters<typeof given.message>[0]) =>
  statusOf(given, exchange) === 0 && answerOf(given, "ModelReady", exchange).ready;

/** FAILED_PRECONDITION, NOT_FOUND and UNAVAILABLE say that a model is not ready. */
const refusesUnready = refusedWith(new Set([5, 9, 14]), "an inference on a model that is not ready");

const notReady = observe({
  id: "v2-grpc/unloaded-model-is-not-ready",
  title: "A model that was unloaded is not ready",
  clause: "V2GRPC-MREADY-03",
  negative: true,
  requires,
  kills: ["v2-grpc:unloaded-stays-ready", "v2-grpc:every-model-is-ready"],
  async run(context) {
    given.that(isReady(await context.send(readiness())), "a model that is ready", "one that is not");
    await context.whileUnloaded(async () => {
      const still = statusOf(given, await context.send(inference())) === 0;
      const answer = await context.send(readiness());
      given.that(!still || !isReady(answer), "a model that is unloaded", "one that still infers");
      judgeNotReady(context, answer);
    });
  },
});

const doesNotInfer = observe({
  id: "v2-grpc/unloaded-model-does-not-infer",
  title: "An inference on a model that was unloaded fails, or loads the model and is right",
  clause: "V2GRPC-INFER-29",
  negative: true,
  requires,
  kills: ["v2-grpc:zeros-while-unloaded", { mutant: "v2-grpc:loads-for-an-inference", as: "warn" }],
  async run(context) {
    const control = await context.send(inference());
    given.that(outputsOf(given, control).length > 0, "outputs", "none");
    await context.whileUnloaded(async () => {
      given.that(!isReady(await context.send(readiness())), "a model that is unloaded", "one that is ready");
      const answer = await context.send(inference());
      if (statusOf(given, answer) !== 0) return refusesUnready(answer, { context, control });
      const output = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
      const difference = describeDifference(output, { ...TENSOR, name: "OUTPUT0" });
      expect.that(difference === undefined, "a refusal, or the right values", difference ?? "");
      expect.that(isReady(await context.send(readiness())), "a model that was loaded", "one that is not ready");
      context.warn("the model was loaded for the inference");
    });
  },
});

const serverReadiness = observe({
  id: "v2-grpc/server-readiness-while-a-model-is-unloaded",
  title: "While a model is unloaded the server says that it is ready or not",
  clause: "V2GRPC-READY-02",
  negative: true,
  requires,
  kills: [],
  async run(context) {
    given.that(isReady(await context.send(readiness())), "a model that is ready", "one that is not");
    given.that(outputsOf(given, await context.send(inference())).length > 0, "outputs", "none");
    await context.whileUnloaded(async () => {
      const exchange = await context.send(call("ServerReady", {}));
      const { ready } = answerOf(given, "ServerReady", exchange);
      context.record("ServerReady", `${describeAnswer(exchange)}, ready=${ready}`);
    });
  },
});

export default [serverReadiness, notReady, doesNotInfer];

import {
  bodyOf,
  describeAnswer,
  describeDifference,
  expect,
  given,
  readJson,
  type Tensor,
  TOGGLE,
  toPlain,
} from "#kit";
import { observe } from "../clauses.ts";
import { get, infer, inferBody, modelPath, outputNamed, outputsOf, succeeded } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1.5, -2] };
const requires = [`model:${TOGGLE}`];
const readiness = () => get(`${modelPath(TOGGLE)}/ready`);
const inference = () => infer(TOGGLE, inferBody([TENSOR]));

const notReady = observe({
  id: "v2-rest/unloaded-model-is-not-ready",
  title: "A model that was unloaded is reported not ready by an error status",
  clause: "V2REST-MREADY-03",
  negative: true,
  requires,
  kills: ["v2-rest:unloaded-stays-ready", { mutant: "v2-rest:unloaded-is-200-false", as: "warn" }],
  async run(context) {
    given.status(await context.send(readiness()), 200);
    await context.whileUnloaded(async () => {
      const answer = await context.send(readiness());
      expect.answered(answer);
      const { status } = answer.head;
      if (status === 200 && saysFalse(bodyOf(answer))) return context.warn('status 200 with {"ready":false}');
      if (status < 400)
        given.that(!succeeded(await context.send(inference())), "an unload", "a model that still infers");
      expect.that(status >= 400, "an error status", describeAnswer(answer));
      if (status >= 500 && status !== 503) context.warn(`readiness that is false is answered with status ${status}`);
    });
  },
});

function saysFalse(body: Uint8Array): boolean {
  const read = readJson(body);
  const plain = read.ok ? toPlain(read.value) : undefined;
  return (plain as { ready?: unknown } | null | undefined)?.ready === false;
}

const doesNotInfer = observe({
  id: "v2-rest/unloaded-model-does-not-infer",
  title: "An inference on a model that was unloaded fails, or loads the model and is right",
  clause: "V2REST-INFER-43",
  negative: true,
  requires,
  kills: ["v2-rest:zeros-while-unloaded", { mutant: "v2-rest:loads-for-an-inference", as: "warn" }],
  async run(context) {
    given.that(outputsOf(given, await context.send(inference())).length > 0, "outputs", "none");
    await context.whileUnloaded(async () => {
      const before = await context.send(readiness());
      given.that((before.head?.status ?? 0) >= 400, "a model that is not ready", describeAnswer(before));
      const answer = await context.send(inference());
      expect.answered(answer);
      if (answer.head.status >= 400) return;
      const output = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
      const difference = describeDifference(output, { ...TENSOR, name: "OUTPUT0" });
      expect.that(difference === undefined, "an error status, or the right values", difference ?? "");
      expect.status(await context.send(readiness()), 200);
      context.warn("the model was loaded for the inference");
    });
  },
});

const serverReadiness = observe({
  id: "v2-rest/server-readiness-while-a-model-is-unloaded",
  title: "While a model is unloaded the server says that it is ready or not",
  clause: "V2REST-READY-02",
  negative: true,
  requires,
  kills: [],
  async run(context) {
    given.status(await context.send(readiness()), 200);
    given.that(outputsOf(given, await context.send(inference())).length > 0, "outputs", "none");
    await context.whileUnloaded(async () => {
      context.record("health/ready", describeAnswer(await context.send(get("/v2/health/ready"))));
    });
  },
});

export default [serverReadiness, notReady, doesNotInfer];

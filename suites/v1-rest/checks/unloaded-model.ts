import { describeAnswer, expect, given, TOGGLE } from "#kit";
import { observe } from "../clauses.ts";
import { get, modelPath, post, predictionsOf, succeeded } from "../messages.ts";

const requires = [`model:${TOGGLE}`];
const readiness = () => get(modelPath(TOGGLE));
const prediction = () => post(modelPath(TOGGLE, "predict"), { instances: [[1.5, -2]] });

const notReady = observe({
  id: "v1-rest/unloaded-model-is-not-ready",
  title: "A model that was unloaded is answered with an error status or ready:false",
  clause: "V1-READY-03",
  negative: true,
  requires,
  kills: ["v1-rest:unloaded-stays-ready"],
  async run(context) {
    given.equal(given.object(await context.send(readiness()))["ready"], true, "/ready");
    await context.whileUnloaded(async () => {
      const still = succeeded(await context.send(prediction()));
      const answer = await context.send(readiness());
      expect.answered(answer);
      context.record("readiness of a model that was unloaded", describeAnswer(answer));
      if (answer.head.status >= 400) return;
      given.that(!still, "a model that is unloaded", "one that still predicts");
      expect.equal(expect.object(answer)["ready"], false, "/ready");
    });
  },
});

const doesNotPredict = observe({
  id: "v1-rest/unloaded-model-does-not-predict",
  title: "A prediction by a model that was unloaded is an error",
  clause: "V1-PREDICT-10",
  negative: true,
  requires,
  kills: ["v1-rest:predicts-while-unloaded"],
  async run(context) {
    predictionsOf(given, await context.send(prediction()));
    given.status(await context.send(readiness()), 200);
    await context.whileUnloaded(async () => {
      const before = await context.send(readiness());
      const ready = before.head?.status === 200 && given.object(before)["ready"] !== false;
      given.that(before.head && !ready, "a model that is not ready", describeAnswer(before));
      const answer = await context.send(prediction());
      expect.answered(answer);
      expect.that(answer.head.status >= 400, "an error status", describeAnswer(answer));
    });
  },
});

export default [notReady, doesNotPredict];

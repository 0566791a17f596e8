import { describeAnswer, given } from "#kit";
import { observe } from "../clauses.ts";
import { get, givenPredicts, goodPredict, instancesFor, modelPath, post, succeeded } from "../messages.ts";

const payload = observe({
  id: "v1-rest/payload-of-a-prediction",
  title: "A prediction has predictions, or the payload of a custom server",
  clause: "V1-PREDICT-14",
  kills: [],
  async run(context) {
    const exchange = await context.send(goodPredict(context));
    given.that(succeeded(exchange), "a prediction", describeAnswer(exchange));
    context.record("members of the payload", Object.keys(given.object(exchange)).join(", "));
  },
});

const explainOffered = observe({
  id: "v1-rest/explain-is-optional",
  title: "Explain is offered or not",
  clause: "V1-EXPLAIN-01",
  negative: true,
  kills: [],
  async run(context) {
    await givenPredicts(context);
    const exchange = await context.send(
      post(modelPath(context.model.name, "explain"), { instances: instancesFor(context, context.model) }),
      { invalid: true },
    );
    context.record("explain", describeAnswer(exchange));
  },
});

const alive = observe({
  id: "v1-rest/root-says-alive",
  title: "The server answers GET /",
  clause: "V1-HEALTH-01",
  kills: [],
  async run(context) {
    await givenPredicts(context);
    context.record("GET /", describeAnswer(await context.send(get("/"))));
  },
});

export default [payload, explainOffered, alive];

import { describeAnswer, expect, given, headerOf, nest, skip } from "#kit";
import { observe } from "../clauses.ts";
import { goodPredict, instancesFor, modelPath, post, predictionsOf, succeeded } from "../messages.ts";

const answers = observe({
  id: "v1-rest/predict-answers-200-with-predictions",
  title: "A prediction is answered with status 200 and predictions",
  clause: "V1-PREDICT-01",
  kills: ["v1-rest:predict-201", { mutant: "v1-rest:outputs-for-predictions", as: "warn" }],
  async run(context) {
    const exchange = await context.send(goodPredict(context));
    given.that(succeeded(exchange), "a successful prediction", `status ${exchange.head?.status}`);
    expect.status(exchange, 200);
    if (!("predictions" in given.object(exchange))) context.warn("the answer has no predictions");
  },
});

const inputsToo = observe({
  id: "v1-rest/inputs-mean-the-same-as-instances",
  title: "A request may say inputs for instances",
  clause: "V1-PREDICT-02",
  kills: ["v1-rest:refuses-inputs"],
  async run(context) {
    const instances = instancesFor(context, context.model);
    const path = modelPath(context.model.name, "predict");
    const plain = predictionsOf(given, await context.send(post(path, { instances })));
    const predictions = predictionsOf(expect, await context.send(post(path, { inputs: instances })));
    expect.equal(predictions, plain, "/predictions");
  },
});

const inOrder = observe({
  id: "v1-rest/one-prediction-per-instance-in-order",
  title: "There is one prediction per instance, in the order of the instances",
  clause: "V1-PREDICT-03",
  requires: ["model:identity_fp32"],
  kills: ["v1-rest:sorts-predictions", "v1-rest:only-the-first-prediction"],
  async run(context) {
    const instances = [
      [3, 1],
      [2, 9],
      [7, 5],
    ];
    const exchange = await context.send(post(modelPath("identity_fp32", "predict"), { instances }));
    const predictions = predictionsOf(given, exchange);
    expect.equal(predictions.length, instances.length, "/predictions");
    expect.equal(predictions, instances, "/predictions");
  },
});

const objectsToo = observe({
  id: "v1-rest/instances-are-rows-or-objects",
  title: "Instances may be nested arrays or objects keyed by feature",
  clause: "V1-PREDICT-04",
  requires: ["model:rows_and_objects"],
  kills: ["v1-rest:refuses-objects"],
  async run(context) {
    const path = modelPath("rows_and_objects", "predict");
    given.equal(predictionsOf(given, await context.send(post(path, { instances: [[1, 2]] }))).length, 1);
    const instances = [{ length: [5.1], width: [3.5] }];
    expect.equal(predictionsOf(expect, await context.send(post(path, { instances }))).length, 1, "/predictions");
  },
});

const BREAKS_OFF = new Set(["closed", "reset"]);

const isJson = observe({
  id: "v1-rest/predict-answers-json",
  title: "A prediction is a JSON document, labelled as one",
  clause: "V1-PREDICT-11",
  kills: [
    "v1-rest:predict-as-text",
    "v1-rest:content-length-too-short",
    "v1-rest:no-last-chunk",
    { mutant: "v1-rest:json-as-text-plain", as: "warn" },
  ],
  async run(context) {
    const exchange = await context.send(goodPredict(context));
    const { head, failure } = exchange;
    // What is no HTTP or breaks off is no document. No answer at all, or a slow one, decides nothing here.
    const broken = failure?.code === "malformed" || (head?.status === 200 && BREAKS_OFF.has(failure?.code ?? ""));
    if (!broken) given.status(exchange, 200);
    const body = expect.json(exchange);
    expect.that(!exchange.surplus, "nothing after the end of the answer", "bytes that belong to no answer");
    given.that(body instanceof Map && body.size > 0, "an object with members", "none");
    const type = headerOf(exchange.head?.headers, "content-type") ?? "none";
    if (!/^application\/json\s*(;|$)/i.test(type)) context.warn(`the content type of a JSON body is ${type}`);
  },
});

const mediaType = observe({
  id: "v1-rest/media-type-spelling-does-not-matter",
  title: "A JSON request stays JSON with a charset parameter or in another letter case",
  clause: "V1-PREDICT-17",
  kills: ["v1-rest:exact-content-type"],
  async run(context) {
    const instances = instancesFor(context, context.model);
    const path = modelPath(context.model.name, "predict");
    const plain = predictionsOf(given, await context.send(post(path, { instances })));
    for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
      expect.equal(predictionsOf(expect, await context.send(post(path, { instances }, type))), plain, "/predictions");
    }
  },
});

const curlExample = observe({
  id: "v1-rest/curl-example-works-as-printed",
  title: "JSON sent with the form media type, as curl -d does, or with none, is read",
  clause: "V1-PREDICT-18",
  kills: [{ mutant: "v1-rest:refuses-form-type", as: "warn" }],
  async run(context) {
    const instances = instancesFor(context, context.model);
    const path = modelPath(context.model.name, "predict");
    predictionsOf(given, await context.send(post(path, { instances })));
    for (const type of ["application/x-www-form-urlencoded", null]) {
      const exchange = await context.send(post(path, { instances }, type), { invalid: true });
      if (!succeeded(exchange))
        context.warn(
          `JSON sent with ${type ?? "no media type"} is answered with status ${exchange.head?.status ?? "none"}`,
        );
    }
  },
});

const explain = observe({
  id: "v1-rest/explain-answers-with-explanations",
  title: "Where explain is offered, it takes the same requests and answers with explanations",
  clause: "V1-EXPLAIN-02",
  requires: ["explainer"],
  kills: ["v1-rest:explains-nothing"],
  async run(context) {
    const path = (verb: string) => modelPath(context.fixture("iris").name, verb);
    const body = { instances: nest([2, 4], [5.1, 3.5, 1.4, 0.2, 6.7, 3.1, 5.6, 2.4]) };
    const prediction = await context.send(post(path("predict"), body));
    given.that(succeeded(prediction), "a prediction of iris", describeAnswer(prediction));
    const exchange = await context.send(post(path("explain"), body));
    if ([404, 405, 501].includes(exchange.head?.status ?? 0))
      skip(`explain is not offered: ${describeAnswer(exchange)}`);
    expect.status(exchange, 200);
    const answer = expect.object(exchange);
    const { explanations } = answer;
    expect.that(Array.isArray(explanations), "an array of explanations", typeof explanations, "/explanations");
    context.record("predictions beside explanations", "predictions" in answer ? "yes" : "no");
  },
});

export default [answers, inputsToo, inOrder, objectsToo, isJson, mediaType, curlExample, explain];

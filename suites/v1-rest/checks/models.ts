import { expect, given } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { get, givenPredicts, modelPath, refusesClientFault } from "../messages.ts";

const listed = observe({
  id: "v1-rest/models-are-listed-by-name",
  title: "GET v1/models lists the names of the models",
  clause: "V1-LIST-01",
  kills: ["v1-rest:lists-objects", "v1-rest:lists-nothing"],
  async run(context) {
    const exchange = await context.send(get("/v1/models"));
    expect.status(exchange, 200);
    const { models } = expect.object(exchange);
    expect.that(Array.isArray(models), "an array of names", typeof models, "/models");
    expect.that(
      models.every((name) => typeof name === "string"),
      "strings",
      JSON.stringify(models.slice(0, 3)),
      "/models",
    );
    expect.that(
      models.includes(context.model.name),
      `${context.model.name} among them`,
      models.join(", ") || "none",
      "/models",
    );
  },
});

const ready = observe({
  id: "v1-rest/model-readiness-is-a-boolean",
  title: "GET v1/models/{model} names the model and says with a boolean that it is ready",
  clause: "V1-READY-01",
  kills: ["v1-rest:ready-as-string"],
  async run(context) {
    await givenPredicts(context);
    const exchange = await context.send(get(modelPath(context.model.name)));
    expect.status(exchange, 200);
    const body = expect.object(exchange);
    if ("model_version_status" in body) given.that(false, "KServe's form of this answer", "TensorFlow Serving's");
    expect.equal(body["name"], context.model.name, "/name");
    expect.equal(body["ready"], true, "/ready");
  },
});

const unknown = refuse({
  id: "v1-rest/unknown-model-is-not-ready",
  title: "A model that does not exist is answered with an error status",
  clause: "V1-READY-02",
  kills: ["v1-rest:every-model-is-known"],
  control: ({ model }) => get(modelPath(model.name)),
  defects: [{ name: "a model that does not exist", request: () => get(modelPath("no-such-model")) }],
  accept: refusesClientFault,
});

export default [listed, ready, unknown];

import { expect, given, versionedModel } from "#kit";
import { observe } from "../clauses.ts";
import { get, goodInfer, goodTensors, infer, inferBody, modelPath, outputsOf } from "../messages.ts";

export default observe({
  id: "v2-rest/listed-versions-are-served",
  title: "Metadata and inference answer under every version that metadata lists",
  clause: "V2REST-GEN-05",
  requires: ["versions"],
  kills: ["v2-rest:unrouted-versions"],
  async run(context) {
    const model = versionedModel(context);
    given.status(await context.send(get(modelPath(model.name))), 200);
    given.that(outputsOf(given, await context.send(goodInfer(context, model))).length > 0, "outputs", "none");
    for (const version of model.versions) {
      expect.status(await context.send(get(modelPath(model.name, version))), 200);
      expect.status(await context.send(infer(model.name, inferBody(goodTensors(context, model)), { version })), 200);
    }
  },
});

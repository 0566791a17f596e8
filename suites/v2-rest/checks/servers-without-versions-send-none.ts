import { describeAnswer, given, show } from "#kit";
import { observe } from "../clauses.ts";
import { get, goodInfer, goodTensors, infer, inferBody, modelPath, outputsOf } from "../messages.ts";

export default observe({
  id: "v2-rest/servers-without-versions-send-none",
  title: "A server without versions sends no model_version",
  clause: "V2REST-RESP-03",
  negative: true,
  kills: [{ mutant: "v2-rest:version-without-versions", as: "warn" }],
  async run(context) {
    const { model } = context;
    const answer = await context.send(goodInfer(context));
    given.that(outputsOf(given, answer).length > 0, "outputs", "none");
    const { model_version: sent } = given.object(answer);
    const { versions } = given.object(await context.send(get(modelPath(model.name))));
    const listed = Array.isArray(versions) ? versions.length : 0;
    context.record("versions that metadata lists", String(listed));
    if (listed > 0 || sent === undefined) return;
    const version = typeof sent === "string" && sent !== "" ? sent : "1";
    const request = infer(model.name, inferBody(goodTensors(context, model)), { version });
    const explicit = await context.send(request, { invalid: true });
    context.record(`inference with version ${version}`, describeAnswer(explicit));
    if ((explicit.head?.status ?? 0) >= 400) context.warn(`model_version is ${show(sent)} where there are no versions`);
  },
});

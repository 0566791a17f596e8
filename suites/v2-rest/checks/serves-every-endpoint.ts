import { describeAnswer, expect } from "#kit";
import { observe } from "../clauses.ts";
import { get, givenServes, goodInfer, modelPath } from "../messages.ts";

const NOT_SERVED = new Set([404, 405, 501]);

export default observe({
  id: "v2-rest/serves-every-endpoint",
  title: "All six kinds of endpoint are served",
  clause: "V2REST-GEN-01",
  kills: ["v2-rest:no-server-metadata"],
  async run(context) {
    await givenServes(context);
    const model = modelPath(context.model.name);
    const paths = ["/v2", "/v2/health/live", "/v2/health/ready", model, `${model}/ready`];
    for (const request of [...paths.map(get), goodInfer(context)]) {
      const exchange = await context.send(request);
      const served = exchange.head !== undefined && !NOT_SERVED.has(exchange.head.status);
      expect.that(served, `${request.method} ${request.path} is served`, describeAnswer(exchange));
    }
  },
});

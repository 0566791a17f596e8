import { bodyOf, expect, given, readJson, toPlain } from "#kit";
import { observe } from "../clauses.ts";
import { get, givenServes, modelPath } from "../messages.ts";

export default observe({
  id: "v2-rest/reads-can-be-repeated",
  title: "Asking health and metadata twice gives the same answer twice",
  clause: "V2REST-GEN-10",
  needsSeveral: true,
  kills: ["v2-rest:forgets-metadata"],
  async run(context) {
    await givenServes(context);
    const model = modelPath(context.model.name);
    for (const path of ["/v2", "/v2/health/live", "/v2/health/ready", model, `${model}/ready`]) {
      const first = await context.send(get(path));
      const second = await context.send(get(path));
      given.answered(first);
      expect.equal(second.head?.status, first.head.status, path);
      expect.equal(contentOf(bodyOf(second)), contentOf(bodyOf(first)), path);
    }
  },
});

function contentOf(body: Uint8Array): string {
  const read = readJson(body);
  return read.ok ? JSON.stringify(toPlain(read.value)) : Buffer.from(body).toString("base64");
}

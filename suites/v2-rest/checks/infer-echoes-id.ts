import { expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { goodTensors, infer, inferBody } from "../messages.ts";

const IDS = ["42", "a".repeat(256), 'with space, "quotes" and \\', "línea\nnueva", "日本語 😀"];

export default observe({
  id: "v2-rest/infer-echoes-id",
  title: "An inference response carries the id of its request",
  clause: "V2REST-INFER-14",
  kills: ["v2-rest:drops-id", "v2-rest:fresh-id", "v2-rest:id-in-parameters"],
  async run(context) {
    for (const id of IDS) {
      const exchange = await context.send(
        infer(context.model.name, inferBody(goodTensors(context, context.model), { id })),
      );
      // Once an ordinary id is served, an answer that fails for another id fails because of it.
      (id === IDS[0] ? given : expect).status(exchange, 200);
      expect.equal(given.object(exchange)["id"], id, "/id");
    }
  },
});

import { expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { formsFor, givenServes, goodTensors } from "../messages.ts";

const ID = "cross-42";

export default [
  observe({
    id: "v2-cross/id-comes-back-in-every-form",
    title: "An id that one form gives back comes back in every form",
    clause: "V2X-INFER-02",
    kills: ["v2-cross:grpc-drops-the-id", "v2-cross:binary-drops-the-id"],
    async run(context) {
      await givenServes(context);
      const tensors = goodTensors(context, context.model);
      const ids = new Map<string, string>();
      for (const form of formsFor(context, tensors)) {
        const exchange = await context.send(form.request(context.model.name, tensors, { id: ID }));
        given.that(form.outputs(given, exchange).length > 0, "an inference with outputs", "none");
        ids.set(form.words, form.id(given, exchange) ?? "none");
      }
      given.that([...ids.values()].includes(ID), "a form that gives the id back", "none does");
      const others = [...ids].filter(([, id]) => id !== ID).map(([words, id]) => `${id} ${words}`);
      expect.that(others.length === 0, `the id ${ID} in every form`, others.join("; "), "id");
    },
  }),
];

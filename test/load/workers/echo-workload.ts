import type { EncodedRequest } from "../../../src/load/engine.ts";
import type { Workload } from "../../../src/load/workload.ts";

/** Requests that are their own answers, each with an id that engines may write serials into. */
const workload = (encoding: string): Workload => ({
  protocol: "http",
  encoding,
  encode: ({ model, batch, count }) =>
    Array.from({ length: count }, (_, index): EncodedRequest => {
      const id = `load-${String(index).padStart(10, "0")}`;
      return {
        protocol: "http",
        method: "POST",
        path: `/${model.name}/${index}`,
        headers: [["x-index", String(index)]],
        body: new TextEncoder().encode(id),
        inferences: batch,
        id,
        idAt: 0,
      };
    }),
  cheap: (request, { body }) => body.length === request.body.length,
  full: (_request, { body, id }) => {
    if (encoding === "throws") throw new Error("a bug in the check of answers");
    return Buffer.from(body).toString() === id ? undefined : `not the answer to ${id}`;
  },
});

export const workloads: readonly Workload[] = [workload("json"), workload("throws")];

import type { JsonNumber } from "#kit";
import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import { type Body, mapMembers, onInferJson, onReply, onSuccess } from "./rewrite.ts";

const ELEMENT_BYTES = 2 ** 19;
const LARGE_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 2 ** 16;

/** What happens depends on what else is in flight, so only the check about that is asked. */
const concurrently = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-rest/concurrent-inferences-do-not-mix"] });

/** Large bodies take their time, so only the check about them is asked. */
const large = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-rest/large-elements-come-back-whole"] });

function cut(element: unknown): unknown {
  return typeof element === "string" ? element.slice(0, ELEMENT_BYTES) : element;
}

/** The output with its rows in reverse. */
function rowsReversed(output: Body): Body {
  const rows = Number((output["shape"] as readonly JsonNumber[])[0]?.text ?? 1);
  const data = output["data"] as readonly unknown[];
  const width = data.length / rows;
  const row = (index: number) => data.slice(index * width, (index + 1) * width);
  return { ...output, data: Array.from({ length: rows }, (_, index) => row(rows - 1 - index)).flat() };
}

/** Faults that show only when much is in flight, or much is sent. */
export const burdenMutants: readonly Mutant[] = [
  concurrently(
    onReply(
      "crosses-answers",
      "gives the answers of two inferences in flight to each other's callers",
      ({ endpoint, reply, world }) => (endpoint === "infer" ? world.meet<HttpReply>(reply) : undefined),
    ),
  ),
  concurrently(
    onSuccess(
      "mixes-rows-in-flight",
      "reverses the rows of inferences that it computes together",
      "infer",
      async (body, { world }) => ((await world.meet(true)) ? mapMembers(body, "outputs", rowsReversed) : body),
    ),
  ),
  large(
    onInferJson("cuts-megabyte-elements", "cuts BYTES elements at 512 KiB", (body) =>
      mapMembers(body, "inputs", (input) => ({ ...input, data: (input["data"] as readonly unknown[]).map(cut) })),
    ),
  ),
  large(
    onReply("loses-the-last-chunk", "loses the last 64 KiB of answers of more than 4 MiB", ({ reply }) =>
      reply.body.length > LARGE_BYTES ? { ...reply, body: reply.body.slice(0, -CHUNK_BYTES) } : undefined,
    ),
  ),
];

import { decodeMessage, encodeMessage, type InferTensor } from "#kit";
import type { GrpcReply, Mutant } from "../../../src/reference/handler.ts";
import { methodOf, mutant, onResponse } from "./rewrite.ts";

const LARGE_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 2 ** 16;

/** What happens depends on what else is in flight, so only the check about that is asked. */
const concurrently = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-grpc/concurrent-inferences-do-not-mix"] });

/** Large messages take their time, so only the check about them is asked. */
const large = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-grpc/large-tensors-come-back-whole"] });

/** A fault that changes the reply of an inference which meets another one in flight. */
function onMeeting(id: string, does: string, change: (mine: GrpcReply, theirs: GrpcReply) => GrpcReply): Mutant {
  return concurrently(
    mutant(id, does, (handler) => async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "grpc" || reply?.protocol !== "grpc" || methodOf(request) !== "ModelInfer") return reply;
      const theirs = await world.meet(reply);
      return theirs ? change(reply, theirs) : reply;
    }),
  );
}

/** The output with its rows in reverse. */
function rowsReversed(output: InferTensor): InferTensor {
  const rows = Number(output.shape[0] ?? 1);
  const { contents } = output;
  if (!contents) return output;
  const values = contents.fp32_contents;
  const width = values.length / rows;
  const row = (index: number) => values.slice(index * width, (index + 1) * width);
  const reversed = Array.from({ length: rows }, (_, index) => row(rows - 1 - index)).flat();
  return { ...output, contents: { ...contents, fp32_contents: reversed } };
}

function zerosAfter(limit: number): (raw: Uint8Array) => Uint8Array {
  return (raw) => {
    const copy = raw.slice();
    copy.fill(0, limit);
    return copy;
  };
}

/** Faults that show only when much is in flight, or much is sent. */
export const burdenMutants: readonly Mutant[] = [
  onMeeting(
    "crosses-answers",
    "gives the answers of two calls in flight to each other's callers",
    (_, theirs) => theirs,
  ),
  onMeeting("mixes-rows-in-flight", "reverses the rows of calls that it computes together", (reply) => {
    const response = decodeMessage("ModelInferResponse", reply.messages[0] ?? new Uint8Array(0));
    const outputs = response.outputs.map(rowsReversed);
    return { ...reply, messages: [encodeMessage("ModelInferResponse", { ...response, outputs })] };
  }),
  large(
    onResponse("zeros-above-four-megabytes", "writes zeros after 4 MiB of raw contents", "ModelInfer", (response) => ({
      ...response,
      raw_output_contents: response.raw_output_contents.map(zerosAfter(LARGE_BYTES)),
    })),
  ),
  large(
    onResponse(
      "loses-the-last-chunk",
      "loses the last 64 KiB of raw contents of more than 4 MiB",
      "ModelInfer",
      (response) => ({
        ...response,
        raw_output_contents: response.raw_output_contents.map((raw) =>
          raw.length > LARGE_BYTES ? raw.slice(0, -CHUNK_BYTES) : raw,
        ),
      }),
    ),
  ),
];

import type { JsonNumber } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { type Body, mapBlobs, mutant, onParts, onReply, type Parts, partsIn, withParts } from "./rewrite.ts";

const LARGE_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 2 ** 16;

/** What happens depends on what else is in flight, so only the check about that is asked. */
const concurrently = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-binary/concurrent-inferences-do-not-mix"] });

/** Large bodies take their time, so only the check about them is asked. */
const large = (fault: Mutant): Mutant => ({ ...fault, only: ["v2-binary/large-tensors-come-back-whole"] });

/** A fault that changes the binary answer of an inference which meets another one in flight. */
function onMeeting(id: string, does: string, change: (mine: Parts, theirs: Parts) => Parts): Mutant {
  return concurrently(
    mutant(id, does, (handler) => async (request, world) => {
      const reply = await handler(request, world);
      const parts = reply?.protocol === "http" ? partsIn(reply) : undefined;
      if (reply?.protocol !== "http" || !parts) return reply;
      const theirs = await world.meet(parts);
      return theirs ? withParts(reply, change(parts, theirs)) : reply;
    }),
  );
}

/** The bytes with their rows in reverse. */
function rowsReversed(blob: Uint8Array, output: Body): Uint8Array {
  const rows = Number((output["shape"] as readonly JsonNumber[])[0]?.text ?? 1);
  const width = blob.length / rows;
  const row = (index: number) => blob.subarray(index * width, (index + 1) * width);
  return new Uint8Array(Buffer.concat(Array.from({ length: rows }, (_, index) => row(rows - 1 - index))));
}

/** Faults that show only when much is in flight, or much is sent. */
export const burdenMutants: readonly Mutant[] = [
  onMeeting(
    "crosses-answers",
    "gives the answers of two inferences in flight to each other's callers",
    (_, theirs) => theirs,
  ),
  onMeeting("swaps-ids-in-flight", "swaps the ids of two inferences in flight", ({ json, rest }, theirs) => ({
    json: { ...json, id: theirs.json["id"] },
    rest,
  })),
  onMeeting(
    "mixes-rows-in-flight",
    "reverses the rows of inferences that it computes together",
    (parts) => mapBlobs(parts, "outputs", rowsReversed) ?? parts,
  ),
  large(
    onParts("zeros-above-four-megabytes", "reads zeros after 4 MiB of an input", (parts) =>
      mapBlobs(parts, "inputs", (blob) => blob.fill(0, LARGE_BYTES)),
    ),
  ),
  large(
    onReply("loses-the-last-chunk", "loses the last 64 KiB of answers of more than 4 MiB", ({ reply }) =>
      reply.body.length > LARGE_BYTES ? { ...reply, body: reply.body.slice(0, -CHUNK_BYTES) } : undefined,
    ),
  ),
];

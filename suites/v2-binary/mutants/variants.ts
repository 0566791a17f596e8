import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import {
  type Body,
  headerIn,
  jsonReply,
  mapMembers,
  membersOf,
  onBinaryAnswer,
  onParts,
  onReply,
  parametersOf,
  withHeader,
  withParameter,
} from "./rewrite.ts";

const legal = (mutant: Mutant): Mutant => ({ ...mutant, id: mutant.id.replace(":", "~") });

const reversed = (body: Body): Body => Object.fromEntries(Object.entries(body).toReversed());

const SPACES = Buffer.alloc(7, " ");

/** The JSON of a binary answer with spaces up to where the bytes begin. */
function spaced(reply: HttpReply): HttpReply | undefined {
  const end = headerIn(reply);
  if (end === undefined) return undefined;
  const body = Buffer.concat([reply.body.subarray(0, Number(end)), SPACES, reply.body.subarray(Number(end))]);
  return withHeader({ ...reply, body: new Uint8Array(body) }, String(Number(end) + SPACES.length));
}

/** Deviations that the extension allows. */
export const legalVariants: readonly Mutant[] = [
  onBinaryAnswer("extra-members", "adds members and parameters that nobody names", ({ json, rest }) => ({
    json: { ...mapMembers(json, "outputs", (output) => withParameter(output, "cached", false)), took_ms: 1 },
    rest,
  })),
  onBinaryAnswer("members-in-another-order", "sends members in another order", ({ json, rest }) => ({
    json: reversed(mapMembers(json, "outputs", reversed)),
    rest,
  })),
  onReply("spaces-after-the-json", "fills its JSON with spaces to a round length", ({ reply }) => spaced(reply)),
  onReply("header-on-every-answer", "sends the length header with JSON answers too", ({ reply }) =>
    headerIn(reply) === undefined && reply.status === 200 ? withHeader(reply, String(reply.body.length)) : undefined,
  ),
  onReply("binary-answers-as-json-type", "says application/json for binary answers", ({ reply }) =>
    headerIn(reply) === undefined
      ? undefined
      : {
          ...reply,
          headers: reply.headers.map(([name, value]) => [name, name === "content-type" ? "application/json" : value]),
        },
  ),
  onReply("no-raw-requests", "refuses a body that is all data", ({ request }) =>
    headerIn(request) === "0" ? jsonReply(400, { error: "the header must not be 0" }) : undefined,
  ),
  onReply("422-for-bad-requests", "answers 422 to requests that are not valid", ({ reply }) =>
    reply.status === 400 ? { ...reply, status: 422 } : undefined,
  ),
  onReply("500-for-bad-requests", "blames itself for requests that are not valid", ({ reply }) =>
    reply.status === 400 ? { ...reply, status: 500 } : undefined,
  ),
  onParts("listed-outputs-stay-json", "heeds binary_data_output only without a list", ({ json, rest }) =>
    membersOf(json, "outputs").length === 0
      ? undefined
      : {
          json: mapMembers(json, "outputs", (output) =>
            parametersOf(output)["binary_data"] === undefined ? withParameter(output, "binary_data", false) : output,
          ),
          rest,
        },
  ),
].map(legal);

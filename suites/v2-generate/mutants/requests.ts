import { type JsonNumber, writeJson } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { InvalidInput, readGeneration } from "../reference-request.ts";
import { type Body, jsonReply, mutant, objectIn, onReply, onRequest } from "./rewrite.ts";

const parametersOf = (body: Body) => (body["parameters"] as Body | undefined) ?? {};

function isValid(parameters: Body): boolean {
  try {
    readGeneration(Buffer.from(writeJson({ text_input: "", parameters })));
    return true;
  } catch (thrown) {
    if (thrown instanceof InvalidInput) return false;
    throw thrown;
  }
}

/** Passes over a parameter where it is valid, or where it is not. */
const drops = (id: string, does: string, name: string, when: "invalid" | "valid") =>
  onRequest(id, does, (body) => {
    const { [name]: value, ...others } = parametersOf(body);
    const keep = value === undefined || isValid({ [name]: value }) === (when === "invalid");
    return keep ? body : { ...body, parameters: others };
  });

const takesAny = (name: string) =>
  drops(`takes-any-${name.replace("_", "-")}`, `passes over a ${name} that is not valid`, name, "invalid");

const refuses = (id: string, does: string, when: (parameters: Body) => boolean) =>
  onReply(id, does, ({ request }) =>
    when(parametersOf(objectIn(request.body) ?? {})) ? jsonReply(422, { error: "not supported" }) : undefined,
  );

const emptyText = (body: Body) => ("text_input" in body ? body : { ...body, text_input: "" });

/** Faults in how requests are read. */
export const requestMutants: readonly Mutant[] = [
  onRequest("nothing-is-empty-text", "takes no text_input for an empty one", emptyText, "generate"),
  onRequest("streams-nothing", "streams an empty text where there is no text_input", emptyText, "generate_stream"),
  onRequest("writes-any-input-as-text", "writes a text_input of any type as text", (body) =>
    "text_input" in body && typeof body["text_input"] !== "string"
      ? { ...body, text_input: writeJson(body["text_input"]) }
      : body,
  ),
  mutant("reads-any-body-as-text", "takes a body that is not JSON for the text", (handler) => (request, world) => {
    if (request.protocol !== "http" || !request.path.endsWith("/generate") || objectIn(request.body))
      return handler(request, world);
    const text = Buffer.from(request.body).toString();
    return handler({ ...request, body: Buffer.from(writeJson({ text_input: text })) }, world);
  }),
  ...["temperature", "top_p", "max_tokens", "stop", "details"].map(takesAny),
  refuses("refuses-temperature-zero", "refuses a temperature of 0", ({ temperature }) => {
    return (temperature as JsonNumber | undefined)?.text === "0";
  }),
  refuses(
    "refuses-unknown-parameters",
    "refuses parameters that the draft does not name",
    (parameters) => "suite_probe" in parameters,
  ),
  drops("ignores-max-tokens", "goes on past max_tokens", "max_tokens", "valid"),
  drops("ignores-stop", "goes on past stop sequences", "stop", "valid"),
  onRequest("sixteen-tokens-unless-told", "generates sixteen tokens unless told otherwise", (body) => ({
    ...body,
    parameters: { max_tokens: 16, ...parametersOf(body) },
  })),
];

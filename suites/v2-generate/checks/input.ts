import { type Defect, generateRequest } from "#kit";
import { refuse } from "../clauses.ts";
import { type Endpoint, good, modelOf, post, refusesInput } from "../messages.ts";

const body = (name: string, value: unknown, endpoint: Endpoint = "generate"): Defect => ({
  name,
  request: (context) => post(context, endpoint, value),
});

const needsText = refuse({
  id: "v2-generate/text-input-is-required",
  title: "A request without text_input is refused",
  clause: "OIPGEN-02",
  kills: ["v2-generate:nothing-is-empty-text", { mutant: "v2-generate:bad-input-is-500", as: "warn" }],
  control: (context) => good(context),
  defects: [body("an empty object", {}), body("parameters alone", { parameters: { max_tokens: 4 } })],
  accept: refusesInput,
});

const isText = refuse({
  id: "v2-generate/text-input-is-a-string",
  title: "A text_input that is no string is refused",
  clause: "OIPGEN-02",
  kills: ["v2-generate:writes-any-input-as-text", { mutant: "v2-generate:bad-input-is-500", as: "warn" }],
  control: (context) => good(context),
  defects: [
    body("a number", { text_input: 5 }),
    body("null", { text_input: null }),
    body("a list", { text_input: ["a", "b"] }),
  ],
  accept: refusesInput,
});

const streamNeedsText = refuse({
  id: "v2-generate/stream-needs-a-text-input",
  title: "A request for a stream without text_input is refused",
  clause: "OIPGEN-02",
  kills: ["v2-generate:streams-nothing", { mutant: "v2-generate:bad-input-is-500", as: "warn" }],
  control: (context) => good(context, "generate_stream"),
  defects: [body("an empty object", {}, "generate_stream")],
  accept: refusesInput,
});

const malformed = refuse({
  id: "v2-generate/malformed-json-is-refused",
  title: "A body that is not JSON is refused",
  clause: "OIPGEN-06",
  kills: ["v2-generate:reads-any-body-as-text", { mutant: "v2-generate:bad-input-is-500", as: "warn" }],
  control: (context) => good(context),
  defects: [
    { name: "JSON that is cut", request: (context) => generateRequest(modelOf(context), Buffer.from('{"text_in')) },
    { name: "an empty body", request: (context) => generateRequest(modelOf(context), new Uint8Array(0)) },
  ],
  accept: refusesInput,
});

export default [needsText, isText, streamNeedsText, malformed];

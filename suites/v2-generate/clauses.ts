import { checksOf, clauseRegistry } from "#kit";

/** The document that states the clauses: a draft, apart from the base protocol. */
const OIP_GEN = "open-inference-protocol/specification/protocol/generate_rest.yaml";

/** How statements are graded where the source is silent. */
const treatments = {
  "AMB-GEN":
    "A draft of its own, never part of base V2. Triton's generate extension has its paths and members, so it is claimed by an answer with details, which that extension has not. A model that lists versions is asked for its last one; one that lists none is asked without a version.",
  "AMB-GEN-STATUS":
    "Input: 422 is right, another 4xx or 5xx warns, 2xx → fail. Failed generation: 424 or 500 is right, another error status warns. For a stream that had begun, an event with an error is a failure too.",
  "AMB-GEN-ERRORS": "The error object of a stream may come as an event, as the draft says, or as plain JSON.",
  "AMB-GEN-PIECES": "An event holds a piece of the text, or all of it so far: the draft does not say which.",
  "AMB-GEN-REASON":
    "The draft requires finish_reason in the details of every event, before it can be known: required of the last event alone, absent or null in the others.",
  "AMB-GEN-DONE": "A last event [DONE], with which others end a stream, is no response object → warn.",
  "AMB-GEN-SPECIAL": "Special tokens do not count as text.",
  "AMB-GEN-STOP": "Whether the text ends before the stop sequence or with it is not said: both are right.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "OIPGEN-01": {
    level: "must",
    basis: "schema",
    says: "POST /v2/models/{m}/versions/{v}/generate with text_input (required) and parameters? → 200 {text_output, model_name, model_version?, details?}.",
    source: { document: OIP_GEN, section: "/generate" },
    treatment: treatments["AMB-GEN"],
  },
  "OIPGEN-02": {
    level: "must",
    basis: "schema",
    says: 'text_input missing, or no string → the 422 error object {"error": string}.',
    source: { document: OIP_GEN, section: "/generate" },
    treatment: treatments["AMB-GEN-STATUS"],
  },
  "OIPGEN-03": {
    level: "must",
    basis: "implied",
    says: "parameters: temperature ≥ 0 (default 1), 0 ≤ top_p ≤ 1, max_tokens integer ≥ 1 (default 20), stop array of strings, details boolean; extra keys allowed.",
    source: { document: OIP_GEN, section: "GenerateParameters" },
    treatment: [treatments["AMB-GEN-STATUS"], treatments["AMB-GEN-STOP"]].join(" "),
  },
  "OIPGEN-04": {
    level: "must",
    basis: "implied",
    says: "With details true: finish_reason ∈ {length, eos_token, stop_sequence} and logprobs of {id, text, logprob, special}.",
    source: { document: OIP_GEN, section: "Details" },
    treatment: treatments["AMB-GEN-SPECIAL"],
  },
  "OIPGEN-05": {
    level: "must",
    basis: "declared",
    says: "generate_stream → text/event-stream of {text_output, model_name, model_version?, details?{finish_reason, token}}.",
    source: { document: OIP_GEN, section: "/generate_stream" },
    treatment: [treatments["AMB-GEN-PIECES"], treatments["AMB-GEN-REASON"], treatments["AMB-GEN-DONE"]].join(" "),
  },
  "OIPGEN-06": {
    level: "must",
    basis: "implied",
    says: 'Failures use 422 (input), 424 (generation), 429 (overload), 500 (incomplete), each with {"error": string}.',
    source: { document: OIP_GEN, section: "responses" },
    treatment: [treatments["AMB-GEN-STATUS"], treatments["AMB-GEN-ERRORS"]].join(" "),
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

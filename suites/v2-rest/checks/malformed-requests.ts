import { type CheckContext, type HttpRequest, type RefuseCheck } from "#kit";
import { type clauses, refuse } from "../clauses.ts";
import {
  goodInfer,
  goodTensors,
  type InferBody,
  infer,
  inferBody,
  inferBytes,
  refusesClientFault,
} from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: RefuseCheck["kills"];
  /** Named bodies that are no inference request; each starts from a valid one. */
  readonly bodies: Readonly<Record<string, (valid: InferBody) => Uint8Array | object>>;
}

const text = (value: string) => () => new TextEncoder().encode(value);
const first = (change: (input: InferBody["inputs"][number]) => object) => (valid: InferBody) => ({
  ...valid,
  inputs: valid.inputs.map((input, index) => (index === 0 ? change(input) : input)),
});

const lacking = (member: string) =>
  first((input) => Object.fromEntries(Object.entries(input).filter(([name]) => name !== member)));

/** Bodies that break the schema of an inference request, one member at a time. */
const ROWS: readonly Row[] = [
  {
    slug: "empty-body-is-refused",
    clause: "V2REST-INFER-01",
    title: "An inference without a body is refused",
    kills: ["v2-rest:empty-body-is-a-request"],
    bodies: { "an empty body": text("") },
  },
  {
    slug: "malformed-json-is-refused",
    clause: "V2REST-INFER-04",
    title: "A body that is not JSON is answered with an error status",
    kills: ["v2-rest:bad-json-as-200"],
    bodies: { "JSON that is cut": text('{"inputs":') },
  },
  {
    slug: "body-must-be-an-object",
    clause: "V2REST-INFER-07",
    title: "A body that is an array, a string or a number is refused",
    kills: ["v2-rest:unwraps-arrays"],
    bodies: { "the request inside an array": (valid) => [valid], "a string": text('"x"'), "a number": text("5") },
  },
  {
    slug: "inputs-are-required",
    clause: "V2REST-INFER-08",
    title: "A request without an array of inputs is refused",
    kills: ["v2-rest:no-inputs-no-problem"],
    bodies: { "no inputs": () => ({}), "inputs as an object": () => ({ inputs: {} }) },
  },
  {
    slug: "input-name-is-required",
    clause: "V2REST-INFER-10",
    title: "An input without a string as its name is refused",
    kills: ["v2-rest:names-by-position"],
    bodies: {
      "an input without a name": lacking("name"),
      "a number as name": first((input) => ({ ...input, name: 7 })),
    },
  },
  {
    slug: "input-shape-is-required",
    clause: "V2REST-INFER-11",
    title: "An input without a shape is refused",
    kills: ["v2-rest:shape-from-data"],
    bodies: { "an input without a shape": lacking("shape") },
  },
  {
    slug: "input-datatype-is-required",
    clause: "V2REST-INFER-12",
    title: "An input without a datatype is refused",
    kills: ["v2-rest:datatype-defaults-to-fp32"],
    bodies: { "an input without a datatype": lacking("datatype") },
  },
  {
    slug: "input-data-is-required",
    clause: "V2REST-INFER-13",
    title: "An input without data is refused",
    kills: ["v2-rest:zero-fills-missing-data"],
    bodies: { "an input without data": lacking("data") },
  },
  {
    slug: "unknown-datatype-is-refused",
    clause: "V2REST-INFER-32",
    title: "A datatype that the protocol does not define is refused",
    kills: ["v2-rest:unknown-datatype-is-fp32"],
    bodies: { "datatype FLOAT99": first((input) => ({ ...input, datatype: "FLOAT99" })) },
  },
  {
    slug: "data-must-be-an-array",
    clause: "V2REST-DATA-08",
    title: "Data that is no array is refused",
    kills: ["v2-rest:wraps-scalars"],
    bodies: {
      "a number as data": first((input) => ({ ...input, data: 5 })),
      "a string as data": first((input) => ({ ...input, data: "x" })),
    },
  },
];

/** A model with one FP32 input where there is one, because some of the faults are about its datatype. */
function subject({ info, model }: CheckContext) {
  return info.models.find(({ fixture, name }) => fixture && name === "identity_fp32") ?? model;
}

function request(context: CheckContext, make: Row["bodies"][string]): HttpRequest {
  const model = subject(context);
  const body = make(inferBody(goodTensors(context, model)));
  return body instanceof Uint8Array ? inferBytes(model.name, body) : infer(model.name, body);
}

export default ROWS.map(({ slug, bodies, ...row }) =>
  refuse({
    id: `v2-rest/${slug}`,
    ...row,
    control: (context) => goodInfer(context, subject(context)),
    defects: Object.entries(bodies).map(([name, make]) => ({ name, request: (context) => request(context, make) })),
    accept: refusesClientFault,
  }),
);

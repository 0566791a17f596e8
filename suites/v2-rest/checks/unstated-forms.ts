import {
  type CheckContext,
  describeAnswer,
  expect,
  type HttpRequest,
  JsonNumber,
  type RefuseCheck,
  skip,
  type Tensor,
  type WireRequest,
} from "#kit";
import { type clauses, refuse } from "../clauses.ts";
import { changed, infer, inferBody, subject, tensorsFor } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1, 2] };
const [INPUT] = inferBody([TENSOR]).inputs;
const about = (context: CheckContext) => subject(context, "identity_fp32");
const control = () => infer("identity_fp32", inferBody([TENSOR]));

function controlOnAny(context: CheckContext): HttpRequest {
  return infer(about(context).model.name, inferBody(tensorsFor(context, about(context), [TENSOR])));
}

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly mutant: string;
  readonly request: (context: CheckContext, good: WireRequest) => HttpRequest;
  /** It takes what only the fixture is known to take. */
  readonly onFixture?: true;
}

/** What no source gives a meaning to: any answer is recorded, only a dropped connection fails. */
const ROWS: readonly Row[] = [
  {
    slug: "output-asked-for-twice-does-no-harm",
    clause: "V2REST-INFER-27",
    title: "Naming an output twice is answered",
    mutant: "v2-rest:dies-on-repeated-outputs",
    request(context, good) {
      const [output] = about(context).model.outputs;
      if (!output) return skip("the metadata of the model under test names no output");
      const { name } = output;
      return changed(good, (body) => ({ ...body, outputs: [{ name }, { name }] }));
    },
  },
  {
    slug: "input-given-twice-does-no-harm",
    clause: "V2REST-INFER-31",
    title: "Giving an input twice is answered",
    mutant: "v2-rest:dies-on-repeated-inputs",
    request: (_, good) => changed(good, (body) => ({ ...body, inputs: [...body.inputs.slice(0, 1), ...body.inputs] })),
  },
  {
    slug: "zero-size-dimension-does-no-harm",
    clause: "V2REST-INFER-39",
    title: "A tensor with a dimension of zero is answered",
    mutant: "v2-rest:dies-on-zero-size",
    request: () => infer("identity_fp32", { inputs: [{ ...INPUT, shape: [0, 2], data: [] }] }),
    onFixture: true,
  },
  {
    slug: "rank-zero-does-no-harm",
    clause: "V2REST-INFER-40",
    title: "A tensor of rank zero is answered",
    mutant: "v2-rest:dies-on-rank-zero",
    request: () => infer("identity_fp32", { inputs: [{ ...INPUT, shape: [], data: [1] }] }),
    onFixture: true,
  },
];

const rows = ROWS.map(
  ({ slug, mutant, request, onFixture, ...row }): RefuseCheck =>
    refuse({
      id: `v2-rest/${slug}`,
      ...row,
      ...(onFixture && { requires: ["model:identity_fp32"] }),
      kills: [mutant],
      control: controlOnAny,
      defects: [{ name: row.title.toLowerCase(), request }],
      accept: (answer, { context }) => context.record(slug, describeAnswer(answer)),
    }),
);

const enormous = (...sizes: readonly string[]) =>
  infer("identity_fp32", {
    inputs: [{ ...INPUT, shape: sizes.map((size) => new JsonNumber(size)), data: [1, 2, 3, 4] }],
  });

const impossibleShape = refuse({
  id: "v2-rest/impossible-shape-is-refused",
  title: "A shape with more elements than any body has is refused without harm",
  clause: "V2REST-INFER-45",
  requires: ["model:identity_fp32"],
  kills: ["v2-rest:dies-on-impossible-shapes"],
  dangerous: true,
  control,
  defects: [
    { name: "shape [2^40, 2]", request: () => enormous("1099511627776", "2") },
    { name: "shape [2^32, 2^32]", request: () => enormous("4294967296", "4294967296") },
  ],
  accept: (answer) => expect.that((answer.head?.status ?? 0) >= 400, "an error status", describeAnswer(answer)),
});

export default [...rows, impossibleShape];

import { describeAnswer, expect, type HttpRequest, JsonNumber, type RefuseCheck, type Tensor } from "#kit";
import { type clauses, refuse } from "../clauses.ts";
import { infer, inferBody } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1, 2] };
const [INPUT] = inferBody([TENSOR]).inputs;
const control = () => infer("identity_fp32", inferBody([TENSOR]));

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly mutant: string;
  readonly request: () => HttpRequest;
}

/** What no source gives a meaning to: any answer is recorded, only a dropped connection fails. */
const ROWS: readonly Row[] = [
  {
    slug: "output-asked-for-twice-does-no-harm",
    clause: "V2REST-INFER-27",
    title: "Naming an output twice is answered",
    mutant: "v2-rest:dies-on-repeated-outputs",
    request: () => infer("identity_fp32", { inputs: [INPUT], outputs: [{ name: "OUTPUT0" }, { name: "OUTPUT0" }] }),
  },
  {
    slug: "input-given-twice-does-no-harm",
    clause: "V2REST-INFER-31",
    title: "Giving an input twice is answered",
    mutant: "v2-rest:dies-on-repeated-inputs",
    request: () => infer("identity_fp32", { inputs: [INPUT, INPUT] }),
  },
  {
    slug: "zero-size-dimension-does-no-harm",
    clause: "V2REST-INFER-39",
    title: "A tensor with a dimension of zero is answered",
    mutant: "v2-rest:dies-on-zero-size",
    request: () => infer("identity_fp32", { inputs: [{ ...INPUT, shape: [0, 2], data: [] }] }),
  },
  {
    slug: "rank-zero-does-no-harm",
    clause: "V2REST-INFER-40",
    title: "A tensor of rank zero is answered",
    mutant: "v2-rest:dies-on-rank-zero",
    request: () => infer("identity_fp32", { inputs: [{ ...INPUT, shape: [], data: [1] }] }),
  },
];

const rows = ROWS.map(
  ({ slug, mutant, request, ...row }): RefuseCheck =>
    refuse({
      id: `v2-rest/${slug}`,
      ...row,
      requires: ["model:identity_fp32"],
      kills: [mutant],
      control,
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

import { type Defect, type HttpRequest, LENGTH_HEADER, type Tensor, toRaw } from "#kit";
import { refuse } from "../clauses.ts";
import { inBinary, infer, refusesClientFault, request } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 3], values: [1.5, -2.25, 3] };
const MODEL = "identity_fp32";
const requires = [`model:${MODEL}`];
const good = infer(MODEL, [inBinary(TENSOR)]);
const body = good.body as Uint8Array;
const jsonLength = body.length - toRaw(TENSOR).length;

const withHeader = (header: string): Defect => ({
  name: `${LENGTH_HEADER}: ${header}`,
  request: () => request(MODEL, body, header),
});

function withoutHeader(): HttpRequest {
  return { ...good, headers: good.headers.filter(([name]) => name !== LENGTH_HEADER) };
}

export default [
  refuse({
    id: "v2-binary/binary-request-needs-the-header",
    title: `A body with binary data but without ${LENGTH_HEADER} is refused`,
    clause: "BIN-08",
    requires,
    kills: ["v2-binary:guesses-the-split"],
    control: () => good,
    defects: [{ name: "no header", request: withoutHeader }],
    accept: refusesClientFault,
  }),
  refuse({
    id: "v2-binary/short-body-is-refused",
    title: "A body that ends before its declared bytes is refused",
    clause: "BIN-17",
    requires,
    kills: ["v2-binary:zero-fills-short-bodies"],
    control: () => good,
    defects: [
      { name: "three bytes short", request: () => request(MODEL, body.subarray(0, -3), String(jsonLength)) },
      { name: "no bytes at all", request: () => request(MODEL, body.subarray(0, jsonLength), String(jsonLength)) },
    ],
    accept: refusesClientFault,
  }),
  refuse({
    id: "v2-binary/surplus-bytes-are-refused",
    title: "Bytes after the last declared one are refused",
    clause: "BIN-18",
    requires,
    kills: [{ mutant: "v2-binary:ignores-surplus-bytes", as: "warn" }],
    control: () => good,
    defects: [
      {
        name: "two bytes more",
        request: () => request(MODEL, Buffer.concat([body, Buffer.alloc(2)]), `${jsonLength}`),
      },
    ],
    accept: (answer, scene) => {
      if (answer.head?.status === 200) scene.context.warn("bytes after the last declared one are ignored");
      else refusesClientFault(answer, scene);
    },
  }),
  refuse({
    id: "v2-binary/header-out-of-range-is-refused",
    title: `${LENGTH_HEADER} that is negative, no number or beyond the body is refused`,
    clause: "BIN-19",
    requires,
    kills: ["v2-binary:guesses-when-the-header-is-wrong"],
    control: () => good,
    defects: [withHeader("-1"), withHeader("abc"), withHeader("99999")],
    accept: refusesClientFault,
  }),
];

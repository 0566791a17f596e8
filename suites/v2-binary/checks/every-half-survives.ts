import { expect, fromFloat16, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, infer, output, outputNamed, withBlob } from "../messages.ts";

/** Every half-precision number but NaN, whose payload no one promises. */
function allHalves(): { readonly halves: readonly number[]; readonly bytes: Uint8Array } {
  const halves = Array.from({ length: 0x1_0000 }, (_, bits) => bits).filter((bits) => !Number.isNaN(fromFloat16(bits)));
  const view = new DataView(new ArrayBuffer(2 * halves.length));
  for (const [index, bits] of halves.entries()) view.setUint16(2 * index, bits, true);
  return { halves, bytes: new Uint8Array(view.buffer) };
}

export default observe({
  id: "v2-binary/every-half-survives",
  title: "Each half-precision number comes back bit for bit",
  clause: "BIN-24",
  requires: ["model:identity_fp16"],
  kills: ["v2-binary:halves-rounded"],
  async run(context) {
    const { halves, bytes: sent } = allHalves();
    const spec: Tensor = { name: "INPUT0", datatype: "FP16", shape: [1, halves.length], values: [] };
    const exchange = await context.send(
      infer("identity_fp16", [withBlob(spec, sent)], { outputs: [output("OUTPUT0", true)] }),
    );
    const { blob } = outputNamed(given, answerOf(given, exchange), "OUTPUT0");
    given.that(blob, "a binary output", "JSON", "outputs/OUTPUT0");
    expect.equal(blob.length, sent.length, "outputs/OUTPUT0");
    const at = blob.findIndex((byte, index) => byte !== sent[index]);
    const half = Math.floor(at / 2);
    expect.that(
      at < 0,
      "all halves unchanged",
      `element ${half}, ${fromFloat16(halves[half] ?? 0)}, has other bits`,
      "outputs/OUTPUT0",
    );
  },
});

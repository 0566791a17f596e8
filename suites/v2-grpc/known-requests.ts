import { expect, type GrpcRequest, given, type RefuseCheck, type Tensor } from "#kit";
import { differenceOfOutputs, infer, inferWith, refusesClientFault, statusOf } from "./messages.ts";

export const A: Tensor = { name: "INPUT0", datatype: "INT32", shape: [1, 4], values: [50, 60, 70, 80] };
export const B: Tensor = { name: "INPUT1", datatype: "INT32", shape: [1, 4], values: [1, 2, 3, 4] };
export const FP32: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 4], values: [1, 2, 3, 4] };

type Form = "typed" | "raw";

/** A good call of the fixture that adds and subtracts A and B. */
export const addsub = (form: Form = "typed"): GrpcRequest => infer("addsub", [A, B], { form });

/** A good call of the fixture that returns FP32. */
export const identity = (form: Form = "typed"): GrpcRequest => infer("identity_fp32", [FP32], { form });

/** An identity call whose one input is changed. */
export function identityWith(input: object, form: Form = "typed"): GrpcRequest {
  return inferWith(
    "identity_fp32",
    [FP32],
    (message) => ({ ...message, inputs: (message.inputs ?? []).map((each) => ({ ...each, ...input })) }),
    { form },
  );
}

/** A call in raw form whose entries are changed; an identity call unless it names a model. */
export function rawWith(
  change: (raw: readonly Uint8Array[]) => readonly Uint8Array[],
  model = "identity_fp32",
  tensors: readonly Tensor[] = [FP32],
): GrpcRequest {
  return inferWith(
    model,
    tensors,
    (message) => ({ ...message, raw_input_contents: change(message.raw_input_contents ?? []) }),
    { form: "raw" },
  );
}

/** A client fault is refused; accepted with the right result it only warns. */
export function warnsWhenRight(warning: string): RefuseCheck["accept"] {
  return (answer, scene) => {
    if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
    const difference = differenceOfOutputs(scene.control, answer);
    expect.that(difference === undefined, "an error, or the right result", difference ?? "");
    return scene.context.warn(warning);
  };
}

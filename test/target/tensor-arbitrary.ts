import { type Arbitrary, array, bigInt, boolean, double, float, integer, uint8Array } from "fast-check";
import {
  DATATYPES,
  type Datatype,
  type Element,
  elementCount,
  fromBfloat16,
  fromFloat16,
  type Tensor,
} from "../../src/target/index.ts";

/** Elements that the datatype can hold exactly; NaN and infinities among them only when asked for. */
export function elements(datatype: Datatype, nonFinite = true): Arbitrary<Element> {
  const { kind, min, max, size } = DATATYPES[datatype];
  if (kind === "boolean") return boolean();
  if (kind === "bytes") return uint8Array({ maxLength: 12 });
  if (kind === "integer") {
    const integers = bigInt(min as bigint, max as bigint);
    return size === 8 ? integers : integers.map(Number);
  }
  return floats(datatype).filter((value) => nonFinite || Number.isFinite(value));
}

function floats(datatype: Datatype): Arbitrary<number> {
  if (datatype === "FP64") return double();
  if (datatype === "FP32") return float();
  return integer({ min: 0, max: 0xffff }).map(datatype === "FP16" ? fromFloat16 : fromBfloat16);
}

/** Tensors of rank 0 to 3, also without elements. */
export function tensors(datatype: Datatype, element = elements(datatype)): Arbitrary<Tensor> {
  const sizes = array(integer({ min: 0, max: 3 }), { maxLength: 3 });
  return sizes.chain((shape) => {
    const count = elementCount(shape);
    const values = array(element, { minLength: count, maxLength: count });
    return values.map((flat) => ({ name: "t", datatype, shape, values: flat }));
  });
}

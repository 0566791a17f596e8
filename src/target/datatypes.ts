/** The datatypes of the Open Inference Protocol's table, and BF16 of its .proto. */
export type Datatype =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BF16"
  | "BYTES";

export interface DatatypeInfo {
  readonly kind: "boolean" | "integer" | "float" | "bytes";
  /** Bytes of one element in raw form; 0 for BYTES, whose elements vary. */
  readonly size: number;
  /** The typed gRPC field; undefined for what travels in raw form only. */
  readonly contents?: string;
  /** Integers only. */
  readonly min?: bigint;
  readonly max?: bigint;
}

function integer(bits: number, signed: boolean, contents: string): DatatypeInfo {
  const span = 1n << BigInt(signed ? bits - 1 : bits);
  return { kind: "integer", size: bits / 8, contents, min: signed ? -span : 0n, max: span - 1n };
}

export const DATATYPES: Readonly<Record<Datatype, DatatypeInfo>> = {
  BOOL: { kind: "boolean", size: 1, contents: "bool_contents" },
  UINT8: integer(8, false, "uint_contents"),
  UINT16: integer(16, false, "uint_contents"),
  UINT32: integer(32, false, "uint_contents"),
  UINT64: integer(64, false, "uint64_contents"),
  INT8: integer(8, true, "int_contents"),
  INT16: integer(16, true, "int_contents"),
  INT32: integer(32, true, "int_contents"),
  INT64: integer(64, true, "int64_contents"),
  FP16: { kind: "float", size: 2 },
  FP32: { kind: "float", size: 4, contents: "fp32_contents" },
  FP64: { kind: "float", size: 8, contents: "fp64_contents" },
  BF16: { kind: "float", size: 2 },
  BYTES: { kind: "bytes", size: 0, contents: "bytes_contents" },
};

/** Whether a string is the exact name of a datatype. */
export function isDatatype(name: string): name is Datatype {
  return Object.hasOwn(DATATYPES, name);
}

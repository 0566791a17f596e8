import { type Arbitrary, constantFrom, integer, nat, oneof, record } from "fast-check";
import { type ByteChange, byteChange, changeBytes } from "#kit/fuzz";

/** A field after the message, or damage to its bytes. */
export type WireChange = FieldChange | { readonly how: "bytes"; readonly bytes: ByteChange };

interface FieldChange {
  readonly how:
    | "varint"
    | "fixed64"
    | "bytes-field"
    | "fixed32"
    | "group"
    | "open-group"
    | "wire-type-6"
    | "overrun"
    | "long-varint"
    | "not-utf8";
  readonly field: number;
  readonly depth: number;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const RESERVED = 6;
/** All that the request declares, some that it does not, and numbers that no field may have. */
const FIELDS = [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 1000, 536870911, 0, 19000];
const DEEP = 90;
const BOTTOMLESS = 100_000;

export function wireChange(dangerous: boolean): Arbitrary<WireChange> {
  const depths = integer({ min: 1, max: DEEP });
  const field: Arbitrary<WireChange> = record({
    how: constantFrom(
      "varint",
      "fixed64",
      "bytes-field",
      "fixed32",
      "group",
      "open-group",
      "wire-type-6",
      "overrun",
      "long-varint",
      "not-utf8",
    ),
    field: nat({ max: FIELDS.length - 1 }).map((index) => FIELDS[index] as number),
    depth: dangerous ? oneof(depths, constantFrom(BOTTOMLESS)) : depths,
  });
  return oneof(
    field,
    byteChange().map((bytes) => ({ how: "bytes" as const, bytes })),
  );
}

/** A field that the protocol does not know: readers pass over it. */
export function unknownField(): Uint8Array {
  return Uint8Array.from([...tag(1000, VARINT), 1]);
}

/** The changed bytes of a message, and what was done to them in words. */
export function changeWire(
  message: Uint8Array,
  change: WireChange,
): { readonly bytes: Uint8Array; readonly says: string } {
  if (change.how === "bytes") return changeBytes(message, change.bytes);
  const { says, bytes } = fieldFor(change);
  return { bytes: new Uint8Array(Buffer.concat([message, Uint8Array.from(bytes)])), says: `${says} after the message` };
}

function fieldFor({ how, field, depth }: FieldChange): { readonly says: string; readonly bytes: readonly number[] } {
  const size = Math.min(depth, DEEP);
  switch (how) {
    case "varint":
      return { says: `field ${field} as a varint`, bytes: [...tag(field, VARINT), 1] };
    case "fixed64":
      return { says: `field ${field} as 64 bits`, bytes: [...tag(field, FIXED64), 1, 2, 3, 4, 5, 6, 7, 8] };
    case "bytes-field":
      return {
        says: `field ${field} as ${size} bytes`,
        bytes: [...tag(field, LENGTH), size, ...times(size, [0x80])],
      };
    case "fixed32":
      return { says: `field ${field} as 32 bits`, bytes: [...tag(field, FIXED32), 1, 2, 3, 4] };
    case "group": {
      return {
        says: `field ${field} as groups, ${depth} deep`,
        bytes: [...times(depth, tag(field, START_GROUP)), ...times(depth, tag(field, END_GROUP))],
      };
    }
    case "open-group":
      return { says: `field ${field} as a group without end`, bytes: tag(field, START_GROUP) };
    case "wire-type-6":
      return { says: `field ${field} with wire type 6`, bytes: [...tag(field, RESERVED), 1] };
    case "overrun":
      return { says: `field ${field} that is longer than the message`, bytes: [...tag(field, LENGTH), 0xff, 0x7f, 1] };
    case "long-varint":
      return {
        says: `field ${field} as a varint of eleven bytes`,
        bytes: [...tag(field, VARINT), ...times(10, [0xff]), 1],
      };
    case "not-utf8":
      return { says: `field ${field} as bytes that are no UTF-8`, bytes: [...tag(field, LENGTH), 2, 0xc3, 0x28] };
  }
}

function times(count: number, bytes: readonly number[]): readonly number[] {
  return Array.from({ length: count }, () => bytes).flat();
}

function tag(field: number, wireType: number): readonly number[] {
  let rest = field * 8 + wireType;
  const bytes: number[] = [];
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

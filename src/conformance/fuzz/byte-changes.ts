import { type Arbitrary, constantFrom, nat, record } from "fast-check";

/** One way to damage bytes; where is said in thousandths of their number. */
export interface ByteChange {
  readonly how: "cut" | "append" | "drop" | "insert" | "flip";
  readonly at: number;
  readonly byte: number;
}

export function byteChange(): Arbitrary<ByteChange> {
  return record({
    how: constantFrom("cut", "append", "drop", "insert", "flip"),
    at: nat({ max: 1000 }),
    byte: nat({ max: 255 }),
  });
}

/** The damaged bytes, and what was done to them in words. */
export function changeBytes(
  bytes: Uint8Array,
  { how, at, byte }: ByteChange,
): { readonly bytes: Uint8Array; readonly says: string } {
  const offset = Math.floor((at * bytes.length) / 1001);
  const hex = `0x${byte.toString(16).padStart(2, "0")}`;
  const before = bytes.subarray(0, offset);
  const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  switch (how) {
    case "cut":
      return { bytes: joined(before), says: `cut after ${offset} of ${bytes.length} bytes` };
    case "append":
      return { bytes: joined(bytes, Uint8Array.of(byte)), says: `byte ${hex} after the end` };
    case "drop":
      return { bytes: joined(before, bytes.subarray(offset + 1)), says: `byte ${offset} is left out` };
    case "insert":
      return {
        bytes: joined(before, Uint8Array.of(byte), bytes.subarray(offset)),
        says: `byte ${hex} before byte ${offset}`,
      };
    case "flip": {
      const flipped = Uint8Array.from(bytes);
      if (offset < flipped.length) flipped[offset] = (flipped[offset] as number) ^ (byte === 0 ? 1 : byte);
      return { bytes: flipped, says: `byte ${offset} is changed by ${hex}` };
    }
  }
}

const PREFIX_BYTES = 5;

/** One length-prefixed message of a gRPC stream. */
export interface GrpcFrame {
  /** The first byte of the prefix: 1 when the message is compressed, 0 when not. */
  readonly flag: number;
  readonly message: Uint8Array;
}

/** The complete messages in `bytes`, and how many bytes follow that are not a complete message. */
export function readFrames(bytes: Uint8Array): { readonly frames: readonly GrpcFrame[]; readonly left: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: GrpcFrame[] = [];
  let at = 0;
  while (at + PREFIX_BYTES <= bytes.length) {
    const end = at + PREFIX_BYTES + view.getUint32(at + 1);
    if (end > bytes.length) break;
    frames.push({ flag: view.getUint8(at), message: new Uint8Array(bytes.subarray(at + PREFIX_BYTES, end)) });
    at = end;
  }
  return { frames, left: bytes.length - at };
}

/** A message with its prefix: uncompressed, length in network order. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

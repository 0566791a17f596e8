import type { Socket } from "node:net";
import { getSystemErrorName } from "node:util";

/** What a handle is given with each write: it tells the end of a write that the operating system did not take at once. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the bytes from being collected. */
  buffer?: Uint8Array;
}

/** What lies under a stream of Node. Not documented: used where it is as it has been since Node 12, and passed over where it is not. */
interface StreamHandle {
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  readonly writeQueueSize: number;
}

const HANDLE = "_handle";
type WithHandle = Socket & { [HANDLE]?: Partial<StreamHandle> | null };

/** The class of write requests; known when a stream was seen to use it, null when handles are not what is described above. */
let Request: (new () => WriteRequest) | null | undefined;
/** The operating system takes nearly all writes at once; a request that was not needed serves the next write. */
let spare: WriteRequest | undefined;

/** Writes to a socket. */
export interface SocketWriter {
  /** Bytes that the operating system has not taken. */
  readonly pending: number;
  /** An error destroys the socket. */
  write(bytes: Uint8Array): void;
  /** Writes several pieces as one, without copying them. */
  writeAll(pieces: readonly Uint8Array[]): void;
}

/** Writes as Node documents it. */
export class StreamWriter implements SocketWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get pending(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }
}

/**
 * Writes to the handle of a plain socket, past its stream, which takes more time for a small write than all else that is done for a request
 * in this process. What the handle cannot do is left to the stream; all bytes stay in order.
 */
export class DirectWriter implements SocketWriter {
  readonly #socket: WithHandle;
  readonly #stream: StreamWriter;
  readonly #drained: () => void;
  /** Bytes given to the handle that the operating system has not taken. */
  #queued = 0;
  /** The stream may hold bytes. */
  #streamed = false;

  /** `drained` is called when all has been taken that was pending on the handle; the stream has an event of its own. */
  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket;
    this.#stream = new StreamWriter(socket);
    this.#drained = drained;
  }

  get pending(): number {
    return this.#streamed ? this.#queued + this.#inStream() : this.#queued;
  }

  write(bytes: Uint8Array): void {
    const handle = this.#socket[HANDLE] as StreamHandle | null | undefined;
    if (!handle || Request === null || (this.#streamed && this.#inStream() > 0)) this.#toStream(bytes);
    else if (Request === undefined) this.#learn(handle, bytes);
    else {
      spare ??= new Request();
      const status = handle.writeBuffer(spare, bytes);
      if (status !== 0) this.#fail(status);
      else if (handle.writeQueueSize > 0) this.#await(bytes);
    }
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.#streamed = true;
    this.#stream.writeAll(pieces);
  }

  #toStream(bytes: Uint8Array): void {
    this.#streamed = true;
    this.#stream.write(bytes);
  }

  #inStream(): number {
    const { pending } = this.#stream;
    this.#streamed = pending > 0;
    return pending;
  }

  /** Writes to the stream, and looks what the stream makes of it. */
  #learn(handle: StreamHandle, bytes: Uint8Array): void {
    const socket = this.#socket;
    if (!isStreamHandle(handle)) {
      Request = null;
      this.#toStream(bytes);
      return;
    }
    const between = Object.create(handle, {
      writeBuffer: {
        value: (request: WriteRequest, written: Uint8Array) => {
          Request = request.constructor as new () => WriteRequest;
          return handle.writeBuffer(request, written);
        },
      },
    }) as StreamHandle;
    socket[HANDLE] = between;
    this.#toStream(bytes);
    if (socket[HANDLE] === between) socket[HANDLE] = handle;
  }

  #await(bytes: Uint8Array): void {
    const request = spare as WriteRequest;
    spare = undefined;
    const { length } = bytes;
    this.#queued += length;
    request.buffer = bytes;
    request.oncomplete = (status) => {
      this.#queued -= length;
      if (status < 0) this.#fail(status);
      else if (this.#queued === 0) this.#drained();
    };
  }

  #fail(status: number): void {
    const code = getSystemErrorName(status);
    this.#socket.destroy(Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: "write" }));
  }
}

function isStreamHandle({ writeBuffer, writeQueueSize }: Partial<StreamHandle>): boolean {
  return typeof writeBuffer === "function" && typeof writeQueueSize === "number";
}

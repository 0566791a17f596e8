import { HTTP2_ERROR_NAMES } from "../../../base/http2-error-codes.ts";

/** Frame types (RFC 9113, section 6). */
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const Flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
  noRfc7540Priorities: 9,
} as const;

export type ErrorName = (typeof HTTP2_ERROR_NAMES)[number];

export function errorCode(name: ErrorName): number {
  return HTTP2_ERROR_NAMES.indexOf(name);
}

export function errorName(code: number): string {
  return HTTP2_ERROR_NAMES[code] ?? `error ${code}`;
}

export const FRAME_HEADER_BYTES = 9;
/** The most that a frame carries unless its receiver allows more; every receiver takes as much. */
export const DEFAULT_MAX_FRAME_BYTES = 16_384;
export const MOST_FRAME_BYTES = 16_777_215;
export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW = 0x7fff_ffff;
export const MAX_STREAM_ID = 0x7fff_ffff;

/** What the peer did ends the connection with this code (RFC 9113, section 5.4.1). */
export class ConnectionFault extends Error {
  readonly code: ErrorName;

  constructor(code: ErrorName, problem: string) {
    super(`${code}: ${problem}`);
    this.code = code;
  }
}

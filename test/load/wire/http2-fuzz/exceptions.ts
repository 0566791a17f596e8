import type { Case } from "./cases.ts";

/** A frame at which one gives the connection up and the other does not. */
interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly length: number;
  /** The frames before it. */
  readonly before: readonly Frame[];
}

interface Exception {
  /** The section of RFC 9113 by which the wire engine goes, and how. */
  readonly why: string;
  /** Whether node:http2 is the one that gives up. */
  readonly nodeGivesUp: boolean;
  covers(frame: Frame): boolean;
}

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;

const EXCEPTIONS: readonly Exception[] = [
  {
    why: "6.7: an acknowledgement of a PING that was not sent is no error",
    nodeGivesUp: true,
    covers: ({ type, flags }) => type === PING && (flags & ACK) !== 0,
  },
  {
    why: "6.5: an acknowledgement of settings that were acknowledged before is no error",
    nodeGivesUp: true,
    covers: ({ type, flags, length }) => type === SETTINGS && (flags & ACK) !== 0 && length === 0,
  },
  {
    why: "6.8: after GOAWAY with an error, streams that it does not name may still end well",
    nodeGivesUp: true,
    covers: ({ type, id, length }) => type === GOAWAY && id === 0 && length >= 8,
  },
  {
    why: "6.8: node:http2 reads no more, or ends the session without a word, when it has received GOAWAY",
    nodeGivesUp: false,
    covers: ({ before }) => before.some(({ type, id }) => type === GOAWAY && id === 0),
  },
  {
    why: "5.1: frames on closed streams are ignored, whoever closed them; node:http2 ends the session, or has them checked first",
    nodeGivesUp: true,
    covers: ({ type, id, before }) =>
      (type === HEADERS || type === DATA) &&
      before.some((frame) => frame.id === id && (frame.type === HEADERS || frame.type === RST_STREAM)),
  },
  {
    why: "6.1: more padding than payload is an error of the connection, also on a closed stream",
    nodeGivesUp: false,
    covers: ({ type, flags }) => type === DATA && (flags & PADDED) !== 0,
  },
  {
    why: "6.9.1: a window of a stream that grows too large is an error of the stream",
    nodeGivesUp: true,
    covers: ({ type, id }) => type === WINDOW_UPDATE && id !== 0,
  },
  {
    why: "4.3.1: a first block without the size update that the setting demands is decoded all the same",
    nodeGivesUp: true,
    covers: ({ type, before }) => type === HEADERS && !before.some((frame) => frame.type === HEADERS),
  },
  {
    why: "4.3: a header block is judged when it is complete",
    nodeGivesUp: true,
    covers: ({ type, flags }) => type === HEADERS && (flags & END_HEADERS) === 0,
  },
  {
    why: "5.5: frames of extensions that were not agreed on are ignored",
    nodeGivesUp: true,
    covers: ({ type }) => type > CONTINUATION,
  },
  {
    why: "4.2: a frame that is too large is an error, also where it is a CONTINUATION",
    nodeGivesUp: false,
    covers: ({ type, length }) => type === CONTINUATION && length > 16_384,
  },
  {
    why: "8.1.1: data before the head of an answer is an error of the stream",
    nodeGivesUp: true,
    covers: ({ type, id, before }) =>
      type === DATA && !before.some((frame) => frame.type === HEADERS && frame.id === id),
  },
];

/** Why the two may differ at the frames from `at` up to `end`; undefined when they may not. */
export function exceptionFor({ rest }: Case, at: number, end: number, nodeGivesUp: boolean): string | undefined {
  const before = framesOf(rest, 0, at);
  const frames = framesOf(rest, at, end).map((frame) => ({ ...frame, before }));
  return EXCEPTIONS.find((each) => each.nodeGivesUp === nodeGivesUp && frames.some((frame) => each.covers(frame)))?.why;
}

/** Whether the server leaves in this case; node:http2 is compared only up to there where it differs later. */
export function endOfGoaway({ rest }: Case): number | undefined {
  let at = 0;
  for (const { type, id, length } of framesOf(rest, 0, rest.length)) {
    at += 9 + length;
    if (type === GOAWAY && id === 0 && at < rest.length) return at;
  }
  return undefined;
}

/** Whether the peer resets a stream without naming an error. */
export function resetsWithoutError({ rest }: Case, id: number): boolean {
  let at = 0;
  return framesOf(rest, 0, rest.length).some((frame) => {
    const payload = at + 9;
    at = payload + frame.length;
    return frame.type === RST_STREAM && frame.id === id && frame.length === 4 && rest.readUInt32BE(payload) === 0;
  });
}

function framesOf(bytes: Buffer, from: number, to: number): Frame[] {
  const frames: Frame[] = [];
  for (let at = from; at + 9 <= to; at += 9 + bytes.readUIntBE(at, 3)) {
    const id = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    frames.push({
      type: bytes[at + 3] as number,
      flags: bytes[at + 4] as number,
      id,
      length: bytes.readUIntBE(at, 3),
      before: [],
    });
  }
  return frames;
}

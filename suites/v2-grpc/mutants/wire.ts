import { gzipSync } from "node:zlib";
import { frameMessage } from "#kit";
import type { GrpcReply, Mutant } from "../../../src/reference/handler.ts";
import { onReply } from "./rewrite.ts";

/** A fault in the frames, the trailers or the head of OK answers to inferences. */
function onAnswer(id: string, does: string, change: (message: Uint8Array) => Partial<GrpcReply>): Mutant {
  return onReply(id, does, ({ reply, method }) => {
    const [message] = reply.messages;
    return method === "ModelInfer" && reply.status === 0 && message ? { ...reply, ...change(message) } : undefined;
  });
}

/** A message whose prefix says another flag or another length. */
function misframed(message: Uint8Array, { flag = 0, longer = 0 }): Uint8Array {
  const data = frameMessage(message);
  data[0] = flag;
  new DataView(data.buffer).setUint32(1, message.length + longer);
  return data;
}

/** Answers that HTTP/2 carries, but that are not gRPC's. */
export const wireMutants: readonly Mutant[] = [
  onAnswer("sends-no-trailers", "ends the stream without trailers", () => ({ noTrailers: true })),
  onAnswer("status-in-the-head", "sends grpc-status with the head and no trailers", () => ({
    headers: [["grpc-status", "0"]],
    noTrailers: true,
  })),
  onAnswer("answers-with-a-page", "answers 200 with an HTML page, as a proxy would", () => ({
    headers: [["content-type", "text/html"]],
    data: new TextEncoder().encode("<html></html>"),
    noTrailers: true,
  })),
  onAnswer("prefix-too-long", "says a greater length than that of its message", (message) => ({
    data: misframed(message, { longer: 3 }),
  })),
  onAnswer("prefix-too-short", "says a smaller length than that of its message", (message) => ({
    data: misframed(message, { longer: -3 }),
  })),
  onAnswer("compressed-flag-alone", "marks messages as compressed that are not", (message) => ({
    data: misframed(message, { flag: 1 }),
  })),
  onAnswer("compresses-unasked", "compresses messages for clients that do not offer to read them so", (message) => ({
    headers: [["grpc-encoding", "gzip"]],
    data: misframed(gzipSync(message), { flag: 1 }),
  })),
  onAnswer("resets-in-the-middle", "resets the stream after its message, before the trailers", () => ({
    resetCode: 2,
  })),
  onReply("errors-with-an-unknown-status", "fails with statuses that gRPC does not know", ({ reply }) =>
    reply.status === 0 ? undefined : { ...reply, status: 99 },
  ),
  {
    ...onAnswer("answers-twice", "sends the message of an answer twice", (message) => ({
      messages: [message, message],
    })),
    // An ordinary client refuses such an answer, which only a real one shows.
    sockets: true,
  },
];

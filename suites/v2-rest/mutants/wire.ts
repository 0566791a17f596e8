import type { Mutant } from "../../../src/reference/handler.ts";
import { onReply } from "./rewrite.ts";

const utf8 = new TextEncoder();

/** A fault in how successful answers to inferences are framed: header lines and what follows them, as bytes. */
function onFraming(
  id: string,
  does: string,
  framing: (body: string) => { readonly lines: readonly string[]; readonly content: string },
): Mutant {
  const change = onReply(id, does, ({ reply, endpoint }) => {
    if (endpoint !== "infer" || reply.status !== 200) return undefined;
    const { lines, content } = framing(Buffer.from(reply.body).toString("utf8"));
    const head = ["HTTP/1.1 200 OK", "content-type: application/json", ...lines].join("\r\n");
    return { ...reply, bytes: utf8.encode(`${head}\r\n\r\n${content}`) };
  });
  return { ...change, sockets: true };
}

const length = (body: string) => Buffer.byteLength(body);
const chunk = (body: string) => `${length(body).toString(16)}\r\n${body}\r\n`;
const CHUNKED = "transfer-encoding: chunked";

/** Faults in the framing of HTTP, and answers that go to the wrong caller. */
export const wireMutants: readonly Mutant[] = [
  onFraming("content-length-too-long", "says a greater Content-Length than it sends", (body) => ({
    lines: [`content-length: ${length(body) + 10}`],
    content: body,
  })),
  onReply("content-length-too-short", "counts characters for Content-Length", ({ reply, endpoint }) =>
    endpoint === "infer" && reply.status === 200 ? { ...reply, contentLength: reply.body.length - 2 } : undefined,
  ),
  onReply("errors-with-a-short-length", "says a smaller Content-Length with errors", ({ reply, endpoint }) =>
    endpoint === "infer" && reply.status >= 400 ? { ...reply, contentLength: reply.body.length - 2 } : undefined,
  ),
  onFraming("two-content-lengths", "sends two Content-Lengths", (body) => ({
    lines: [`content-length: ${length(body)}`, `content-length: ${length(body) + 1}`],
    content: body,
  })),
  onFraming("length-beside-chunks", "sends Content-Length and chunks", (body) => ({
    lines: [`content-length: ${length(body)}`, CHUNKED],
    content: `${chunk(body)}0\r\n\r\n`,
  })),
  onFraming("says-chunked-but-is-not", "says chunked and sends the body as it is", (body) => ({
    lines: [CHUNKED],
    content: body,
  })),
  onFraming("chunks-of-the-wrong-size", "says smaller sizes than those of its chunks", (body) => ({
    lines: [CHUNKED],
    content: `${chunk(body).replace(/^\w+/, (size) => (Number.parseInt(size, 16) - 1).toString(16))}0\r\n\r\n`,
  })),
  onFraming("no-last-chunk", "closes the connection without a last chunk", (body) => ({
    lines: [CHUNKED],
    content: chunk(body),
  })),
  onFraming("stray-bytes", "sends more bytes after the end of its answers", (body) => ({
    lines: [`content-length: ${length(body)}`],
    content: `${body}{"log":"done"}`,
  })),
];

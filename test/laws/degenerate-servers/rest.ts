import { type Degenerate, drip, onEachRequest, tcp, writeForEver } from "./server.ts";

const answer = (status: string, body: string, type = "application/json") =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const always = (text: string): Degenerate => onEachRequest((socket) => socket.write(text));

/** Headers of an answer whose body never comes to an end. */
const CHUNKED = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const FIXED = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";

/** Servers behind a REST address that keep no contract at all. */
export const restServers: Readonly<Record<string, Degenerate>> = {
  "closes every connection at once": tcp((socket) => socket.destroy()),
  "resets every connection once a request has come": onEachRequest((socket) => socket.resetAndDestroy()),
  "closes its side once a request has come": onEachRequest((socket) => socket.end()),
  "never speaks": tcp((socket) => socket.resume()),
  "never even reads": tcp(() => {}),
  "answers 404 to everything": always(answer("404 Not Found", "{}")),
  "answers 400 with an error to everything": always(answer("400 Bad Request", '{"error":"no"}')),
  "answers 500 with an error to everything": always(answer("500 Internal Server Error", '{"error":"no"}')),
  "answers 200 {} to everything": always(answer("200 OK", "{}")),
  "answers 200 with an empty body to everything": always(answer("200 OK", "")),
  "answers 200 with a page to everything": always(answer("200 OK", "<html></html>", "text/html")),
  "answers with bytes that are not HTTP": always("\u0000\u0001garbage\r\n\r\n"),
  "speaks HTTP/2": always("\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"),
  "sends back what it is sent": onEachRequest((socket, received) => socket.write(received)),
  "sends its head byte by byte for ever": onEachRequest((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
    drip(socket, "x");
  }),
  "sends its body byte by byte for ever": onEachRequest((socket) => {
    socket.write(FIXED);
    drip(socket, "[");
  }),
  "closes its side in the middle of the body": onEachRequest((socket) => socket.end(`${FIXED}{"outputs":[`)),
  "sends headers without end": onEachRequest((socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    writeForEver(socket, Buffer.from(`x-header: ${"x".repeat(1000)}\r\n`));
  }),
  "sends interim answers without end": onEachRequest((socket) =>
    writeForEver(socket, Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50))),
  ),
  "sends a body without end": onEachRequest((socket) => {
    socket.write(CHUNKED);
    writeForEver(socket, Buffer.from(`10000\r\n${"[".repeat(0x10000)}\r\n`));
  }),
};

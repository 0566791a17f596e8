import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type Degenerate, drip, listening, onEachRequest, tcp, writeForEver } from "./server.ts";

const HEAD = { ":status": 200, "content-type": "application/grpc" } as const;

/** What an HTTP/2 server does with each stream. */
function onEachStream(react: (stream: ServerHttp2Stream) => void): Degenerate {
  return http2((session) =>
    session.on("stream", (stream) => {
      stream.resume();
      react(stream);
    }),
  );
}

function http2(talk: (session: ServerHttp2Session) => void): Degenerate {
  return () => {
    const server = createServer();
    server.on("session", (session) => {
      session.on("error", () => session.destroy());
      // The client gives up on such a server, and there is nobody to tell.
      session.on("stream", (stream) => stream.on("error", () => stream.destroy()));
      talk(session);
    });
    return listening(server);
  };
}

/** Every call ends with these trailers, after these bytes of data. */
const always = (trailers: Readonly<Record<string, string>>, data?: Buffer): Degenerate =>
  onEachStream((stream) => {
    if (!data) {
      stream.respond({ ...HEAD, ...trailers }, { endStream: true });
      return;
    }
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(data);
  });

const OK = { "grpc-status": "0" };

/** Servers behind a gRPC address that keep no contract at all. */
export const grpcServers: Readonly<Record<string, Degenerate>> = {
  "closes every connection at once": tcp((socket) => socket.destroy()),
  "resets every connection once a request has come": onEachRequest((socket) => socket.resetAndDestroy()),
  "never speaks": tcp((socket) => socket.resume()),
  "speaks HTTP/1.1": onEachRequest((socket) => socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")),
  "answers with bytes that are not HTTP/2": onEachRequest((socket) => socket.write("\u0000\u0001garbage\r\n\r\n")),
  "sends GOAWAY at once": http2((session) => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)),
  "sends GOAWAY to each call": http2((session) => session.on("stream", () => session.goaway())),
  "refuses every stream": onEachStream((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)),
  "resets every stream after its head": onEachStream((stream) => {
    stream.respond(HEAD);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }),
  "answers UNIMPLEMENTED to everything": always({ "grpc-status": "12" }),
  "answers INVALID_ARGUMENT to everything": always({ "grpc-status": "3", "grpc-message": "no" }),
  "answers INTERNAL to everything": always({ "grpc-status": "13", "grpc-message": "no" }),
  "answers OK without a message to everything": always(OK),
  "answers OK with an empty message to everything": always(OK, Buffer.alloc(5)),
  "answers OK with a message of garbage": always(
    OK,
    Buffer.from("\u0000\u0000\u0000\u0000\u0004\u00ff\u00ff\u00ff\u00ff", "latin1"),
  ),
  "answers OK with a message of four gigabytes that never comes": always(OK, Buffer.alloc(5, 0xff)),
  "answers HTTP 404 to everything": onEachStream((stream) => stream.respond({ ":status": 404 }, { endStream: true })),
  "answers with a page to everything": onEachStream((stream) => {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end("<html></html>");
  }),
  "sends no trailers": onEachStream((stream) => {
    stream.respond(HEAD);
    stream.end(Buffer.alloc(5));
  }),
  "hangs after its head": onEachStream((stream) => stream.respond(HEAD)),
  "sends its message byte by byte for ever": onEachStream((stream) => {
    stream.respond(HEAD);
    drip(stream, "\u0000");
  }),
  "sends headers without end": onEachStream((stream) => {
    const more = () => {
      if (stream.destroyed) return;
      stream.additionalHeaders({ ":status": 103, "x-header": "x".repeat(1000) });
      setImmediate(more);
    };
    more();
  }),
  "sends a message without end": onEachStream((stream) => {
    stream.respond(HEAD);
    writeForEver(stream, Buffer.alloc(0x10000));
  }),
};

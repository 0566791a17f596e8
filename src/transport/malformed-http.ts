import { type Collector, collectExchange } from "./collect-exchange.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HttpRequest, SendOptions } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { authorityOf, openSocket, withEndpointHeaders } from "./open-socket.ts";
import { ResponseParser } from "./response-parser.ts";
import type { SenderOptions } from "./sender.ts";

/** Sends a request as it is given, over a socket of its own, and reads the answer strictly. Characters of the head are sent as bytes (Latin-1). */
export function sendVerbatim(
  endpoint: Endpoint,
  request: HttpRequest,
  send: SendOptions,
  options: SenderOptions,
): Collector<HttpRequest> {
  const collector = collectExchange(request, send, { ...options, release: () => socket.destroy() });
  const parser = new ResponseParser(request.method, {
    onHead: (status, headers) => collector.answered(status, headers),
    onBody: (bytes) => collector.received(bytes),
    onTrailers: (trailers) => collector.trailed(trailers),
  });
  const socket = openSocket(endpoint, "http/1.1", (error) => {
    if (error) {
      collector.end(failureOf(error));
      return;
    }
    collector.sent();
    socket.write(Buffer.concat([Buffer.from(headOf(endpoint, request), "latin1"), request.body ?? new Uint8Array(0)]));
    socket.on("data", (bytes: Buffer) => {
      parser.feed(bytes);
      settle(collector, parser);
    });
    socket.on("end", () => {
      parser.close();
      settle(collector, parser);
    });
    socket.on("error", (broken) => collector.end(failureOf(broken)));
    socket.on("close", () => {
      parser.close();
      settle(collector, parser);
    });
  });
  return collector;
}

function headOf(endpoint: Endpoint, request: HttpRequest): string {
  const given = withEndpointHeaders(endpoint, request.headers);
  const hasHost = given.some(([name]) => name.trim().toLowerCase() === "host");
  const fields = hasHost ? given : [["Host", authorityOf(endpoint)] as const, ...given];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${endpoint.prefix}${request.path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

function settle(collector: Collector<HttpRequest>, parser: ResponseParser): void {
  switch (parser.state) {
    case "reading":
      return;
    case "complete":
      return collector.end();
    case "malformed":
      return collector.end({ code: "malformed", message: parser.problem ?? "the answer is not HTTP/1.1" });
    case "cut":
      return collector.end({ code: "closed", message: "the connection ended before the answer was complete" });
  }
}

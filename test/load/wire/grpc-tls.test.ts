import { readFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { listen } from "../loopback.ts";
import { openCalls } from "./calls.ts";

const pem = (name: string) => readFileSync(new URL(`../../transport/certificates/${name}`, import.meta.url), "utf8");
const identity = { key: pem("server.key.pem"), cert: pem("server.pem") };
const tls = { ca: pem("ca.pem"), serverName: "model.test" };
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 2));
};

/** Answers with what it knows of the caller. */
async function secure(options: Parameters<typeof createSecureServer>[0] = {}) {
  const server: Http2SecureServer = createSecureServer({ ...identity, ...options });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const socket = stream.session?.socket as TLSSocket;
    const text = `${socket.alpnProtocol} ${socket.servername} ${headers[":authority"]} ${headers[":scheme"]}`;
    const prefix = Buffer.from([0, 0, 0, 0, text.length]);
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.end(Buffer.concat([prefix, Buffer.from(text)]));
  });
  return listen(server);
}

test("a gRPC connection in TLS chooses h2 by ALPN, sends SNI, and its authority and address may be others", async () => {
  const endpoint = { ...(await secure()), host: "nowhere.test", address: "127.0.0.1", authority: "gateway.test", tls };
  expect(await openCalls(endpoint).call("a")).toBe("ok h2 model.test gateway.test https");
});

test.each([true, false])("a server that wants a client certificate gets one: %s", async (given) => {
  const endpoint = await secure({ ca: pem("ca.pem"), requestCert: true, rejectUnauthorized: true });
  const own = given ? { cert: pem("client.pem"), key: pem("client.key.pem") } : {};
  const calls = openCalls({ ...endpoint, tls: { ...tls, ...own } });
  if (given) expect(await calls.call("a")).toMatch(/^ok h2/);
  else {
    await until(() => calls.events.length > 0);
    expect(calls.events[0]).toMatch(/^refused refused:/);
  }
});

test("a server in TLS that does not choose h2 is refused by name", async () => {
  const server = createHttps({ ...identity, ALPNProtocols: ["http/1.1", "h2c"] });
  const { events } = openCalls({ ...(await listen(server)), tls });
  await until(() => events.length > 0);
  expect(events[0]).toMatch(/^refused refused: .*(ALPN|alert)/i);
});

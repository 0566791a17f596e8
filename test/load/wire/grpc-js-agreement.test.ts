import { Client, credentials, logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/base/random.ts";
import type { LoadEndpoint } from "../../../src/load/endpoint.ts";
import { afterwards } from "../loopback.ts";
import { openCalls, say } from "./calls.ts";
import { response } from "./http2-fuzz/cases.ts";
import { rawServer } from "./raw-http2-server.ts";

setLogVerbosity(logVerbosity.NONE);

const ANSWERS = 600;
// It waits for this when an answer has more than one message.
const DEADLINE_MS = 10_000;

/** A call by grpc-js in the words of `openCalls`: what it makes an error of its own is only `failed`. */
function grpcJsCalls({ port }: LoadEndpoint): (body: string) => Promise<string> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { "grpc.enable_retries": 0 });
  afterwards(() => client.close());
  const asIs = (bytes: Buffer) => bytes;
  return (body) =>
    new Promise((done) => {
      const deadline = Date.now() + DEADLINE_MS;
      client.makeUnaryRequest("/test.Echo/Call", asIs, asIs, Buffer.from(body), { deadline }, (error, answer) => {
        done(error ? `grpc ${error.code} ${error.details}` : `ok ${say(answer ?? Buffer.alloc(0))}`);
      });
    });
}

/** What the wire engine refuses though grpc-js does not, by the protocol's description "gRPC over HTTP/2". */
const STRICTER: readonly RegExp[] = [
  // Responses: Status is one of the codes, in decimal digits; grpc-js takes an empty one for 0.
  /^malformed: grpc-status "0*" is none/,
  // Responses: Content-Type is application/grpc, perhaps with a suffix.
  /^malformed: content-type /,
  // Length-Prefixed-Message: the flag is 0 or 1.
  /^malformed: a message has the compressed flag /,
];

function agree(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  const code = /^grpc \d+ /.exec(ours);
  // grpc-js leaves a text as it is when one of its escapes is wrong.
  if (code) return theirs.startsWith(code[0]);
  return !ours.startsWith("ok ") && (theirs.startsWith("grpc ") || STRICTER.some((each) => each.test(ours)));
}

test("generated answers are to grpc-js what they are to the wire engine", async () => {
  const server = await rawServer({
    call: ({ send }, id, body) => {
      const random = seededRandom(body.toString());
      send(...response(random, id, random.next() < 0.5));
    },
  });
  const wire = openCalls(server.endpoint);
  const grpcJs = grpcJsCalls(server.endpoint);
  const seeds = Array.from({ length: ANSWERS }, (_, i) => `answer-${i}`);
  const pairs = await Promise.all(
    seeds.map(async (seed) => {
      const [ours, theirs] = await Promise.all([wire.call(seed), grpcJs(seed)]);
      return { seed, ours, theirs };
    }),
  );
  expect(pairs.filter(({ ours, theirs }) => !agree(ours, theirs))).toEqual([]);
  expect(pairs.filter(({ ours }) => ours.startsWith("ok ")).length).toBeGreaterThan(ANSWERS / 4);
});

/**
 * What the engine wire costs by itself for each HTTP/1.1 request, without sockets: a peer in this process answers at once.
 * npx tsx --conditions=source bench/wire-overhead.ts [millions]
 */

import { systemClock } from "../src/base/clock.ts";
import { seededRandom } from "../src/base/random.ts";
import { createRecorder } from "../src/load/index.ts";
import { type OpenSocket, type SocketEvents } from "../src/load/wire/socket.ts";
import { wireEngine } from "../src/load/wire/wire.ts";
import { workloads } from "../suites/v2-rest/workload.ts";

const CONNECTIONS = 32;
const ID = "load-0000000000";
const millions = Number(process.argv[2] ?? 1);

const body = `{"model_name":"m","id":"${ID}","outputs":[{"name":"y","datatype":"FP32","shape":[1,4],"data":[1.5,2.25,3.0,4.125]}]}`;
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nServer: echo\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`,
);
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
const idAt = answer.indexOf(ID);

const asked: { events: SocketEvents; id: Buffer }[] = [];
let turns = 0;
const openSocket: OpenSocket = (_endpoint, _options, events) => {
  setImmediate(() => events.opened(undefined));
  let own: { events: SocketEvents; id: Buffer } | undefined;
  return {
    pending: 0,
    write: (bytes) => {
      const at = (own ??= { events, id: Buffer.alloc(ID.length) });
      (bytes as Buffer).copy(at.id, 0, sentAt, sentAt + ID.length);
      asked.push(at);
    },
    writeAll: () => undefined,
    destroy: () => undefined,
  };
};
const [workload] = workloads as [(typeof workloads)[number]];
const requests = workload.encode({
  model: {
    name: "m",
    versions: [],
    inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
    outputs: [],
    fixture: false,
    foundBy: [],
  },
  batch: 1,
  random: seededRandom("overhead"),
  count: 64,
});
const endpoint = { host: "127.0.0.1", port: 80, prefix: "", headers: [] };
const [first] = requests as [(typeof requests)[number]];
const { http1Request } = await import("../src/load/wire/http1-request.ts");
const sentAt = http1Request(endpoint, first).idEnd - ID.length;

const abort = new AbortController();
const most = millions * 1e6;
let answered = 0;
function serve(): void {
  turns++;
  for (const { events, id } of asked.splice(0)) {
    answer.copy(readBuffer, 0);
    id.copy(readBuffer, idAt);
    events.read(readBuffer, answer.length);
    answered++;
  }
  if (answered < most) setImmediate(serve);
  else abort.abort();
}
const startNs = systemClock.now();
const recorder = createRecorder(startNs, 3600e9);
setImmediate(serve);
const cpu = process.cpuUsage();
await wireEngine(endpoint, systemClock, { openSocket }).run({
  requests,
  concurrency: CONNECTIONS,
  startNs,
  deadline: startNs + 3600e9,
  requestTimeoutMs: 5000,
  recorder,
  answers: workload,
  fullCheckEvery: 100,
  signal: abort.signal,
});
const { user, system } = process.cpuUsage(cpu);
const { counts } = recorder.recorded(1e9);
console.log(JSON.stringify(counts));
console.log(`${(((user + system) * 1000) / counts.ok).toFixed(0)} ns per request, ${turns} turns`);

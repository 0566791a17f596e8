/** A unary call of grpc-js for each request, with messages that are encoded once and never decoded. Argument: a Task in JSON. */
import { Client, credentials } from "@grpc/grpc-js";
import { firstRequest, grpcConnections, type Task } from "../task.ts";
import { closedLoop } from "./closed-loop.ts";

const task = JSON.parse(process.argv[2] as string) as Task;
const { path, body } = firstRequest(task);
const message = Buffer.from(body);
const asIs = (bytes: Buffer) => bytes;
const clients = Array.from(
  { length: grpcConnections(task.load) },
  (_, index) =>
    new Client(`127.0.0.1:${task.port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.max_receive_message_length": -1,
      "grpc.primary_user_agent": `bench-${index}`,
    }),
);
let turn = 0;
await closedLoop(task, (done) => {
  const client = clients[turn++ % clients.length] as Client;
  client.makeUnaryRequest(path, asIs, asIs, message, (error) => done(error === null));
});
for (const client of clients) client.close();

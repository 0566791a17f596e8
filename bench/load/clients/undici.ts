/** undici's dispatch, the cheapest of its calls. Argument: a Task in JSON. */
import { Pool } from "undici";
import { firstRequest, inFlightOf, type Task } from "../task.ts";
import { closedLoop } from "./closed-loop.ts";

const task = JSON.parse(process.argv[2] as string) as Task;
const { path, headers, body } = firstRequest(task);
const pool = new Pool(`http://127.0.0.1:${task.port}`, { connections: inFlightOf(task.load), pipelining: 1 });
const request = { path, method: "POST", headers: Object.fromEntries(headers), body: Buffer.from(body) } as const;
await closedLoop(task, (done) => {
  let status = 0;
  pool.dispatch(request, {
    onRequestStart: () => undefined,
    onResponseStart: (_controller, code) => {
      status = code;
    },
    onResponseData: () => undefined,
    onResponseEnd: () => done(status === 200),
    onResponseError: () => done(false),
  });
});
await pool.close();

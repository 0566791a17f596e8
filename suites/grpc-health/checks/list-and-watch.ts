import {
  bodyOf,
  type CheckContext,
  describeAnswer,
  type Exchange,
  expect,
  type GrpcRequest,
  grpcOutcome,
  readFrames,
  servingStatusName,
  skip,
} from "#kit";
import { observe } from "../clauses.ts";
import { givenServing, isUnimplemented, list, NO_SUCH_SERVICE, read, watch } from "../messages.ts";

const MAX_LISTED = 100;
const RESOURCE_EXHAUSTED = 8;
const DEADLINE_EXCEEDED = 4;
/** How long a stream is watched: the first message is due at once. */
const WATCH_MS = 2_000;

const watched = observe({
  id: "grpc-health/watch-tells-the-status-at-once",
  title: "Watch sends the current status at once and stays open",
  clause: "HEALTH-05",
  requires: ["health"],
  kills: ["grpc-health:watch-ends-after-one-message", "grpc-health:watch-waits-for-a-change"],
  async run(context) {
    await givenServing(context);
    judgeStream(await watchFor(context, watch()), "SERVING");
  },
});

const watchedUnknown = observe({
  id: "grpc-health/watch-of-unknown-service-stays-open",
  title: "Watch of a service that does not exist sends SERVICE_UNKNOWN and stays open",
  clause: "HEALTH-05",
  negative: true,
  requires: ["health"],
  kills: ["grpc-health:watch-refuses-unknown-services", "grpc-health:watch-says-not-serving"],
  async run(context) {
    await givenServing(context);
    judgeStream(await watchFor(context, watch(NO_SUCH_SERVICE)), "SERVICE_UNKNOWN");
  },
});

const listed = observe({
  id: "grpc-health/list-is-a-snapshot",
  title: "List tells the status of 1 to 100 services while the server is SERVING",
  clause: "HEALTH-06",
  requires: ["health"],
  kills: ["grpc-health:lists-nothing", "grpc-health:lists-without-limit"],
  async run(context) {
    await givenServing(context);
    const exchange = await context.send(list());
    const outcome = grpcOutcome(exchange);
    if (outcome.ok && outcome.code !== 0) {
      const legal = isUnimplemented(exchange) || outcome.code === RESOURCE_EXHAUSTED;
      expect.that(legal, "gRPC status OK, UNIMPLEMENTED or RESOURCE_EXHAUSTED", describeAnswer(exchange));
      if (isUnimplemented(exchange)) skip("List is not offered");
      context.record("services", `more than ${MAX_LISTED}`);
      return;
    }
    const { statuses } = read(expect, "HealthListResponse", expect.message(exchange));
    const names = Object.keys(statuses);
    const right = names.length > 0 && names.length <= MAX_LISTED;
    expect.that(right, `1 to ${MAX_LISTED} services`, `${names.length}`, "statuses");
    context.record("services", names.map((name) => name || '""').join(", "));
  },
});

async function watchFor(context: CheckContext, request: GrpcRequest): Promise<Exchange> {
  const exchange = await context.send(request, { deadlineMs: WATCH_MS });
  if (isUnimplemented(exchange)) skip("Watch is not offered");
  return exchange;
}

/** A stream that never ends is all of an answer that there is: it ends by our deadline, or by the server's reading of it. */
function judgeStream(exchange: Exchange, status: string): void {
  const [first] = readFrames(bodyOf(exchange)).frames;
  expect.that(first?.flag === 0, `a message within ${WATCH_MS / 1000} s`, describeAnswer(exchange));
  const { status: told } = read(expect, "HealthCheckResponse", first.message);
  expect.equal(servingStatusName(told), status, "status");
  const outcome = grpcOutcome(exchange);
  const atDeadline = exchange.failure?.code === "timeout" || (outcome.ok && outcome.code === DEADLINE_EXCEEDED);
  expect.that(atDeadline, "a stream that stays open", describeAnswer(exchange));
}

export default [watched, watchedUnknown, listed];

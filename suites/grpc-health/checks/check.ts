import { describeAnswer, expect, grpcOutcome, SERVING_STATUS } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { check, givenServerReady, givenServing, NO_SUCH_SERVICE, read, statusNameOf } from "../messages.ts";

const NOT_FOUND = 5;
const REPEATS = 20;

const offered = observe({
  id: "grpc-health/health-service-is-optional",
  title: "The health service may be offered",
  clause: "HEALTH-01",
  requires: ["health"],
  kills: [],
  async run(context) {
    await givenServing(context);
    context.record("health service", "Check answers");
  },
});

const serving = observe({
  id: "grpc-health/check-says-serving",
  title: "Check of the whole server says SERVING while the server is ready",
  clause: "HEALTH-02",
  requires: ["health"],
  kills: ["grpc-health:says-unknown"],
  async run(context) {
    await givenServerReady(context);
    expect.equal(statusNameOf(expect, await context.send(check())), "SERVING", "status");
  },
});

const unknownService = refuse({
  id: "grpc-health/unknown-service-is-not-found",
  title: "Check of a service that does not exist ends with NOT_FOUND",
  clause: "HEALTH-03",
  requires: ["health"],
  kills: [
    "grpc-health:unknown-service-is-not-serving",
    "grpc-health:unknown-service-is-invalid",
    { mutant: "grpc-health:ignores-the-service", as: "warn" },
  ],
  control: () => check(),
  defects: [{ name: "a service that does not exist", request: () => check(NO_SUCH_SERVICE) }],
  accept(answer, { context }) {
    const outcome = grpcOutcome(answer);
    if (outcome.ok && outcome.code === 0) {
      const { status } = read(expect, "HealthCheckResponse", expect.message(answer));
      if (status === SERVING_STATUS.SERVING) {
        context.warn("the name of the service is ignored: one that does not exist is SERVING");
        return;
      }
    }
    expect.that(outcome.ok && outcome.code === NOT_FOUND, "gRPC status NOT_FOUND", describeAnswer(answer));
  },
});

const repeatable = observe({
  id: "grpc-health/check-can-be-repeated",
  title: "Check says the same however often it is called",
  clause: "HEALTH-04",
  requires: ["health"],
  needsSeveral: true,
  kills: ["grpc-health:wears-out"],
  async run(context) {
    await givenServing(context);
    for (let i = 0; i < REPEATS; i++)
      expect.equal(statusNameOf(expect, await context.send(check())), "SERVING", `status of repetition ${i + 1}`);
  },
});

export default [offered, serving, unknownService, repeatable];

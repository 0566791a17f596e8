import { describeAnswer, expect, given, grpcOutcome, repositoryChange, skip, TOGGLE } from "#kit";
import { observe } from "../clauses.ts";
import { callChange, changed, judgeChange, ready } from "../messages.ts";

const UNIMPLEMENTED = 12;
const requires = ["grpc", `model:${TOGGLE}`];

/** A server without these methods has nothing to judge. */
function skipIfUnknown(exchange: Parameters<typeof grpcOutcome>[0]): void {
  const outcome = grpcOutcome(exchange);
  if (outcome.ok && outcome.code === UNIMPLEMENTED) skip(describeAnswer(exchange));
}

const load = observe({
  id: "kserve-repository/load-over-grpc-names-the-model",
  title: "Loading a model over gRPC answers with its name and isLoaded true",
  clause: "KSREPO-03",
  requires,
  kills: ["kserve-repository:grpc-load-says-nothing"],
  async run(context) {
    given.status(await context.send(ready(TOGGLE)), 200);
    const exchange = await context.send(callChange("RepositoryModelLoad", TOGGLE));
    skipIfUnknown(exchange);
    expect.equal(changed(expect, "RepositoryModelLoad", exchange), { model_name: TOGGLE, isLoaded: true });
  },
});

const unload = observe({
  id: "kserve-repository/unload-over-grpc-names-the-model",
  title: "Unloading a model over gRPC answers with its name and isUnloaded true, and the model is no longer ready",
  clause: "KSREPO-03",
  negative: true,
  requires,
  needsSeveral: true,
  kills: ["kserve-repository:grpc-unload-says-nothing", "kserve-repository:grpc-unload-keeps-serving"],
  async run(context) {
    given.status(await context.send(ready(TOGGLE)), 200);
    judgeChange(given, await context.send(repositoryChange(TOGGLE, "load")), TOGGLE, "load");
    try {
      const exchange = await context.send(callChange("RepositoryModelUnload", TOGGLE));
      skipIfUnknown(exchange);
      expect.equal(changed(expect, "RepositoryModelUnload", exchange), { model_name: TOGGLE, isUnloaded: true });
      const after = await context.send(ready(TOGGLE));
      expect.that((after.head?.status ?? 0) >= 400, "an error status", describeAnswer(after));
    } finally {
      context.record("loading it again", describeAnswer(await context.send(repositoryChange(TOGGLE, "load"))));
    }
  },
});

export default [load, unload];

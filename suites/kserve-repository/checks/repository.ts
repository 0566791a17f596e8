import { type Accept, describeAnswer, expect, given, repositoryChange, skip, TOGGLE } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { judgeChange, judgeError, list, namesIn, ready } from "../messages.ts";

const NO_SUCH_ROUTE = [404, 405, 501];

// Runs with the positive checks although it sends a load: the model is loaded already, and the check that unloads it
// comes later, on a server that may not be able to load it back.
const load = observe({
  id: "kserve-repository/load-names-the-model",
  title: "Loading a model answers 200 with its name and load:true, and the model is ready",
  clause: "KSREPO-01",
  requires: [`model:${TOGGLE}`],
  kills: ["kserve-repository:load-says-nothing", "kserve-repository:load-201"],
  async run(context) {
    given.status(await context.send(ready(TOGGLE)), 200);
    judgeChange(expect, await context.send(repositoryChange(TOGGLE, "load")), TOGGLE, "load");
    expect.status(await context.send(ready(TOGGLE)), 200);
  },
});

const failedLoad = refuse({
  id: "kserve-repository/failed-load-is-503",
  title: "Loading a model that does not exist answers 503 with an error text",
  clause: "KSREPO-01",
  kills: [
    "kserve-repository:load-never-fails",
    "kserve-repository:failed-load-without-text",
    { mutant: "kserve-repository:failed-load-404", as: "warn" },
  ],
  control: ({ model }) => ready(model.name),
  defects: [{ name: "a model that does not exist", request: () => repositoryChange("no-such-model", "load") }],
  accept: refusesWith(503),
});

const unload = observe({
  id: "kserve-repository/unloaded-model-is-not-ready",
  title: "Unloading a model answers 200 with its name and unload:true, and the model is no longer ready",
  clause: "KSREPO-02",
  negative: true,
  requires: [`model:${TOGGLE}`],
  needsSeveral: true,
  kills: ["kserve-repository:unload-says-nothing", "kserve-repository:unload-keeps-serving"],
  async run(context) {
    given.status(await context.send(ready(TOGGLE)), 200);
    judgeChange(given, await context.send(repositoryChange(TOGGLE, "load")), TOGGLE, "load");
    try {
      judgeChange(expect, await context.send(repositoryChange(TOGGLE, "unload")), TOGGLE, "unload");
      const after = await context.send(ready(TOGGLE));
      expect.answered(after);
      expect.that(after.head.status >= 400, "an error status", describeAnswer(after));
      context.record("readiness of an unloaded model", describeAnswer(after));
    } finally {
      context.record("loading it again", describeAnswer(await context.send(repositoryChange(TOGGLE, "load"))));
    }
  },
});

const unknownUnload = refuse({
  id: "kserve-repository/unload-of-unknown-model-is-404",
  title: "Unloading a model that does not exist answers 404 with an error text",
  clause: "KSREPO-02",
  kills: [
    "kserve-repository:unload-never-fails",
    "kserve-repository:failed-unload-without-text",
    { mutant: "kserve-repository:failed-unload-500", as: "warn" },
  ],
  control: ({ model }) => ready(model.name),
  defects: [{ name: "a model that does not exist", request: () => repositoryChange("no-such-model", "unload") }],
  accept: refusesWith(404),
});

const listing = observe({
  id: "kserve-repository/models-are-listed",
  title: "GET v2/models lists the names of the models",
  clause: "KSREPO-04",
  kills: [],
  async run(context) {
    const exchange = await context.send(list());
    if (NO_SUCH_ROUTE.includes(exchange.head?.status ?? 0)) skip(`GET /v2/models: ${describeAnswer(exchange)}`);
    const names = namesIn(given, exchange);
    given.that(names.length > 0, "the names of models", "none");
    context.record(
      "models",
      `${names.length}, ${names.includes(context.model.name) ? "with" : "without"} the model under test`,
    );
  },
});

/** This status is right, another error status warns, and every error has a text. */
function refusesWith(status: number): Accept {
  return (answer, { context }) => {
    expect.that((answer.head?.status ?? 0) >= 400, "an error status", describeAnswer(answer));
    judgeError(answer);
    if (answer.head?.status !== status)
      context.warn(`answered with ${describeAnswer(answer)} where KServe has ${status}`);
  };
}

export default [load, failedLoad, unload, unknownUnload, listing];

import { bodyOf, type CensusCheck, expect, given, headerOf, type ObserveCheck, versionedModel } from "#kit";
import { census, observe } from "../clauses.ts";
import { get, givenServes, goodInfer, modelPath } from "../messages.ts";
import { judgeBySchema, successesAt } from "../schemas.ts";

type Probe = "live" | "ready";

const answers200 = (probe: Probe, clause: "V2REST-LIVE-01" | "V2REST-READY-01", mutant: string): ObserveCheck =>
  observe({
    id: `v2-rest/${probe}-answers-200`,
    title: `GET v2/health/${probe} answers 200 while the server serves inferences`,
    clause,
    kills: [mutant],
    async run(context) {
      await givenServes(context);
      expect.status(await context.send(get(`/v2/health/${probe}`)), 200);
    },
  });

/** What a kubelet sends: no Accept, no body, its own connection. */
const servesPlainProbe = (probe: Probe, clause: "V2REST-LIVE-05" | "V2REST-READY-04"): ObserveCheck =>
  observe({
    id: `v2-rest/${probe}-serves-a-plain-probe`,
    title: `health/${probe} needs no header but Host, so that a Kubernetes probe can use it`,
    clause,
    kills: [`v2-rest:${probe}-insists-on-accept`],
    async run(context) {
      await givenServes(context);
      const path = `/v2/health/${probe}`;
      given.status(await context.send(get(path)), 200);
      expect.status(
        await context.send({
          protocol: "http",
          method: "GET",
          path,
          headers: [["Connection", "close"]],
          verbatim: true,
        }),
        200,
      );
    },
  });

const bodyAgrees = (probe: Probe, clause: "V2REST-LIVE-03" | "V2REST-READY-03", mutant: string): CensusCheck =>
  census({
    id: `v2-rest/${probe}-body-agrees-with-its-status`,
    title: `The body of a successful health/${probe}, if it is JSON, holds true booleans`,
    clause,
    kills: [mutant],
    async prompt(context) {
      await context.send(get(`/v2/health/${probe}`));
      await context.send(goodInfer(context));
    },
    over: (evidence) =>
      servesInference(evidence)
        ? evidence.observed.filter((each) => isAnsweredHealth(each.exchange, `/v2/health/${probe}`))
        : [],
    judge({ exchange }, context) {
      if (bodyOf(exchange).length === 0 || !headerOf(exchange.head?.headers, "content-type")?.includes("json")) return;
      const [success] = successesAt(probe, { observed: [{ check: "", exchange, invalid: false }], aftermaths: [] });
      if (success) judgeBySchema(probe, "boolean", success.body, context);
    },
  });

type Evidence = Parameters<CensusCheck["over"]>[0];

/** A server that answers 200 to everything shows nothing by its health. */
function servesInference(evidence: Evidence): boolean {
  return successesAt("infer", evidence).some(({ body }) =>
    Array.isArray((body as { outputs?: unknown } | null)?.outputs),
  );
}

function isAnsweredHealth(exchange: Evidence["observed"][number]["exchange"], path: string): boolean {
  return (
    exchange.request.protocol === "http" &&
    exchange.request.path === path &&
    exchange.head?.status === 200 &&
    !exchange.failure
  );
}

const modelReadyAnswers = observe({
  id: "v2-rest/model-ready-answers-200",
  title: "GET v2/models/{model}/ready answers 200 for a model that serves inferences",
  clause: "V2REST-MREADY-01",
  kills: ["v2-rest:model-ready-204"],
  async run(context) {
    await givenServes(context);
    expect.status(await context.send(get(`${modelPath(context.model.name)}/ready`)), 200);
  },
});

const versionReadyAnswers = observe({
  id: "v2-rest/model-version-ready-answers-200",
  title: "Readiness can be asked for every version that metadata lists",
  clause: "V2REST-MREADY-02",
  requires: ["versions"],
  kills: ["v2-rest:versions-is-a-model-name", "v2-rest:unrouted-versions"],
  async run(context) {
    const model = versionedModel(context);
    await givenServes(context);
    given.status(await context.send(get(`${modelPath(model.name)}/ready`)), 200);
    for (const version of model.versions)
      expect.status(await context.send(get(`${modelPath(model.name, version)}/ready`)), 200);
  },
});

const modelReadyBody = observe({
  id: "v2-rest/model-ready-body-has-its-types",
  title: "The body of a successful model readiness, if there is one, has a name and a true boolean",
  clause: "V2REST-MREADY-04",
  kills: ["v2-rest:model-ready-as-string"],
  async run(context) {
    await givenServes(context);
    const exchange = await context.send(get(`${modelPath(context.model.name)}/ready`));
    given.status(exchange, 200);
    if (bodyOf(exchange).length === 0) return;
    const { name, ready } = expect.object(exchange);
    if (name === undefined || ready === undefined) context.warn("the readiness body lacks name or ready");
    if (name !== undefined) expect.that(typeof name === "string", "a string", typeof name, "/name");
    if (ready !== undefined) expect.equal(ready, true, "/ready");
  },
});

const modelReadyName = observe({
  id: "v2-rest/model-ready-names-its-model",
  title: "A readiness body names the model of its URL",
  clause: "V2REST-MREADY-05",
  kills: ["v2-rest:ready-names-the-first-model"],
  async run(context) {
    await givenServes(context);
    for (const { name } of context.info.models.slice(0, 3)) {
      const exchange = await context.send(get(`${modelPath(name)}/ready`));
      given.status(exchange, 200);
      if (bodyOf(exchange).length === 0) continue;
      const body = given.object(exchange);
      if (body["name"] !== undefined) expect.equal(body["name"], name, "/name");
    }
  },
});

export default [
  answers200("live", "V2REST-LIVE-01", "v2-rest:live-204"),
  bodyAgrees("live", "V2REST-LIVE-03", "v2-rest:live-as-string"),
  servesPlainProbe("live", "V2REST-LIVE-05"),
  answers200("ready", "V2REST-READY-01", "v2-rest:never-ready"),
  bodyAgrees("ready", "V2REST-READY-03", "v2-rest:ready-says-false"),
  servesPlainProbe("ready", "V2REST-READY-04"),
  modelReadyAnswers,
  versionReadyAnswers,
  modelReadyBody,
  modelReadyName,
];

import {
  askCallersAtOnce,
  bodyOf,
  type Callers,
  describeAnswer,
  describeDifference,
  type Exchange,
  encodeMessage,
  expect,
  given,
  grpcOutcome,
  type Kill,
  type Observed,
  rowsOfCaller,
} from "#kit";
import { census, observe, refuse } from "../clauses.ts";
import {
  answerOf,
  call,
  callBytes,
  differenceOfOutputs,
  endpointOf,
  givenServes,
  goodInfer,
  infer,
  outputNamed,
  outputsOf,
  refusesUnknown,
  succeeded,
} from "../messages.ts";

const UNIMPLEMENTED = 12;

const everyMethod = observe({
  id: "v2-grpc/serves-every-method",
  title: "All six methods of GRPCInferenceService are implemented",
  clause: "V2GRPC-GEN-01",
  kills: ["v2-grpc:no-server-metadata"],
  async run(context) {
    await givenServes(context);
    const { name } = context.model;
    const requests = [
      call("ServerLive", {}),
      call("ServerReady", {}),
      call("ServerMetadata", {}),
      call("ModelReady", { name }),
      call("ModelMetadata", { name }),
      goodInfer(context),
    ];
    for (const request of requests) {
      const outcome = grpcOutcome(await context.send(request));
      given.that(outcome.ok, "a gRPC status", outcome.ok ? "" : outcome.problem);
      expect.that(outcome.code !== UNIMPLEMENTED, `${endpointOf(request)} is implemented`, outcome.codeName);
    }
  },
});

const found = observe({
  id: "v2-grpc/service-is-found-by-its-name",
  title: "The service is found at /inference.GRPCInferenceService",
  clause: "V2GRPC-GEN-02",
  kills: ["v2-grpc:service-in-another-package"],
  async run(context) {
    const requests = [call("ServerLive", {}), call("ServerMetadata", {}), goodInfer(context)];
    const names: string[] = [];
    for (const request of requests) {
      const outcome = grpcOutcome(await context.send(request));
      given.that(outcome.ok, "a gRPC status", outcome.ok ? "" : outcome.problem);
      names.push(outcome.codeName);
    }
    expect.that(
      names.some((name) => name !== "UNIMPLEMENTED"),
      "a method that is implemented",
      "UNIMPLEMENTED for all",
    );
    await givenServes(context);
  },
});

const standardClient = observe({
  id: "v2-grpc/a-standard-client-gets-through",
  title: "An ordinary gRPC client (grpc-js) reaches the service by its name and reads its answers",
  clause: "V2GRPC-GEN-02",
  kills: ["v2-grpc:refuses-offered-compression", "v2-grpc:answers-twice"],
  async run(context) {
    const request = goodInfer(context);
    const plain = await context.send(request);
    given.that(succeeded(plain), "the same call without that client", describeAnswer(plain));
    const exchange = await context.send({ ...request, client: "standard" });
    const outcome = grpcOutcome(exchange);
    expect.that(outcome.ok && outcome.code === 0, "gRPC status OK", describeAnswer(exchange));
    const difference = differenceOfOutputs(plain, exchange);
    given.that(difference === undefined, "the same outputs", difference ?? "");
  },
});

/** How an answer may have ended to be judged: in order, or broken off by the target. A slow or a large one decides nothing. */
const ENDED_BY_SERVER = new Set([undefined, "closed", "reset", "malformed"]);

const FAULTS_IN_FRAMING: readonly Kill[] = [
  "v2-grpc:errors-as-http-400",
  "v2-grpc:errors-with-an-unknown-status",
  "v2-grpc:sends-no-trailers",
  "v2-grpc:status-in-the-head",
  "v2-grpc:answers-with-a-page",
  "v2-grpc:prefix-too-long",
  "v2-grpc:prefix-too-short",
  "v2-grpc:compressed-flag-alone",
  "v2-grpc:compresses-unasked",
  "v2-grpc:resets-in-the-middle",
  "v2-grpc:answers-twice",
];

const carriesStatus = census({
  id: "v2-grpc/every-answer-is-a-grpc-answer",
  title: "Every answer, success or failure, is a gRPC response with a status",
  clause: "V2GRPC-GEN-03",
  kills: FAULTS_IN_FRAMING,
  async prompt(context) {
    await context.send(goodInfer(context));
    await context.send(call("ModelMetadata", { name: "no-such-model" }), { invalid: true });
  },
  over({ observed }) {
    const answers = observed.filter(
      ({ exchange: { request, head, failure } }) =>
        request.protocol === "grpc" && head && ENDED_BY_SERVER.has(failure?.code),
    );
    // A server that answers everything alike has not shown that it serves; what is wrong with its answers shows all the same.
    return observed.some(isGoodInference) ? answers : answers.filter(({ exchange }) => !grpcOutcome(exchange).ok);
  },
  judge({ exchange }) {
    const outcome = grpcOutcome(exchange);
    expect.that(outcome.ok, "a gRPC response with a status", outcome.ok ? "" : outcome.problem);
    const { length } = outcome.messages;
    expect.that(outcome.code !== 0 || length === 1, "one message with the status OK", `${length} messages`);
  },
});

const hasMessage = census({
  id: "v2-grpc/failures-carry-a-message",
  title: "A status other than OK carries a message that a reader can use",
  clause: "V2GRPC-GEN-06",
  kills: [{ mutant: "v2-grpc:errors-without-message", as: "warn" }],
  async prompt(context) {
    await context.send(call("ModelMetadata", { name: "no-such-model" }), { invalid: true });
  },
  over: ({ observed }) =>
    observed.some(isGoodInference)
      ? observed.filter(({ exchange }) => {
          const outcome = grpcOutcome(exchange);
          return outcome.ok && outcome.code !== 0;
        })
      : [],
  judge({ exchange }, context) {
    const outcome = grpcOutcome(exchange);
    if (!outcome.ok || outcome.message !== "") return;
    const method = endpointOf(exchange.request) ?? "a call";
    // HTTP/2 clients drop a value that RFC 9113 forbids (section 8.2.1), such as one that ends in a space; so does ours.
    context.warn(`${method} fails with ${outcome.codeName} and no message that is a valid HTTP/2 field value`);
  },
});

const unknownFields = observe({
  id: "v2-grpc/unknown-fields-are-ignored",
  title: "A field that the protocol does not know changes nothing",
  clause: "V2GRPC-GEN-04",
  kills: ["v2-grpc:refuses-unknown-fields"],
  async run(context) {
    const request = goodInfer(context);
    const control = await context.send(request);
    given.that(succeeded(control), "a good inference", describeAnswer(control));
    // Field 2000, a varint of value 1.
    const message = Buffer.concat([request.messages[0] as Uint8Array, Uint8Array.of(0x80, 0x7d, 0x01)]);
    const exchange = await context.send(callBytes("ModelInfer", message));
    const difference = differenceOfOutputs(control, exchange);
    expect.that(difference === undefined, "the same outputs as without it", difference ?? "");
  },
});

const caseSensitive = refuse({
  id: "v2-grpc/model-names-are-case-sensitive",
  title: "A model name in another letter case is another model",
  clause: "V2GRPC-GEN-05",
  kills: ["v2-grpc:lower-cases-model-names", "v2-grpc:metadata-for-any-name"],
  control: ({ model }) => call("ModelMetadata", { name: model.name }),
  defects: [
    {
      name: "the name in the other letter case",
      request: ({ model: { name } }) =>
        call("ModelMetadata", { name: name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase() }),
    },
  ],
  accept: refusesUnknown,
});

const ofCaller = (caller: number) => infer("identity_fp32", [rowsOfCaller(caller)], { id: `caller-${caller}` });

function differenceFor(caller: number, exchange: Exchange): string | undefined {
  return describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT0"), rowsOfCaller(caller));
}

/** RESOURCE_EXHAUSTED and UNAVAILABLE: a server may have too much to do. */
function isBusy(exchange: Exchange): boolean {
  const outcome = grpcOutcome(exchange);
  return outcome.ok && (outcome.code === 8 || outcome.code === 14);
}

const callers: Callers = {
  count: 64,
  request: ofCaller,
  difference: differenceFor,
  id: (exchange) => answerOf(given, "ModelInfer", exchange).id,
  idAt: "id",
  isBusy,
  busy: (exchange) => `some of 64 concurrent calls end with ${describeAnswer(exchange)}`,
};

const concurrency = observe({
  id: "v2-grpc/concurrent-inferences-do-not-mix",
  title: "Of 64 calls at once on one connection, each gets its own id and its own rows back, in their order",
  clause: "V2GRPC-GEN-07",
  requires: ["model:identity_fp32"],
  heavy: "many-at-once",
  needsSeveral: true,
  kills: ["v2-grpc:shares-the-id", "v2-grpc:crosses-answers", "v2-grpc:mixes-rows-in-flight"],
  run: (context) => askCallersAtOnce(context, callers),
});

const aftermath = census({
  id: "v2-grpc/bad-request-leaves-server-serving",
  title: "After a bad call the server answers the next good one",
  clause: "V2GRPC-GEN-08",
  needsSeveral: true,
  kills: ["v2-grpc:dies-on-short-raw-data", "v2-grpc:stops-serving-after-empty-contents"],
  async prompt(context) {
    const good = goodInfer(context);
    await context.send(good);
    const bad = await context.send(
      callBytes("ModelInfer", encodeMessage("ModelInferRequest", { model_name: context.model.name })),
      { invalid: true },
    );
    await context.followUp("no inputs", bad, good);
  },
  over: ({ aftermaths, observed }) =>
    (observed.some(isGoodInference) ? aftermaths : []).map((each) => ({
      check: each.check,
      exchange: each.followUp,
      aftermath: each,
    })),
  judge({ check, aftermath: { recovered, defect } }) {
    expect.that(recovered, "the good call succeeds again", `it fails after "${defect}" of ${check}`);
  },
});

/** A server that answers everything alike has not shown that it serves. */
function isGoodInference({ exchange }: Observed): boolean {
  return endpointOf(exchange.request) === "ModelInfer" && bodyOf(exchange).length > 0 && succeeded(exchange);
}

export default [
  found,
  everyMethod,
  standardClient,
  carriesStatus,
  hasMessage,
  unknownFields,
  caseSensitive,
  concurrency,
  aftermath,
];

import {
  bodyOf,
  describeAnswer,
  describeDifference,
  encodeMessage,
  expect,
  given,
  grpcOutcome,
  type Observed,
  type Tensor,
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
  kills: ["v2-grpc:refuses-offered-compression"],
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

const carriesStatus = census({
  id: "v2-grpc/every-answer-is-a-grpc-answer",
  title: "Every answer, success or failure, is a gRPC response with a status",
  clause: "V2GRPC-GEN-03",
  kills: ["v2-grpc:errors-as-http-400"],
  async prompt(context) {
    await context.send(goodInfer(context));
    await context.send(call("ModelMetadata", { name: "no-such-model" }), { invalid: true });
  },
  over: ({ observed }) =>
    observed.some(isGoodInference)
      ? observed.filter(({ exchange }) => exchange.head !== undefined && !exchange.failure)
      : [],
  judge({ exchange }) {
    const outcome = grpcOutcome(exchange);
    expect.that(outcome.ok, "a gRPC response with a status", outcome.ok ? "" : outcome.problem);
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

const CONCURRENT = 64;

const concurrency = observe({
  id: "v2-grpc/concurrent-inferences-do-not-mix",
  title: "Of 64 calls at once on one connection, each gets its own id and its own data back",
  clause: "V2GRPC-GEN-07",
  requires: ["model:identity_fp32"],
  kills: ["v2-grpc:shares-the-id"],
  async run(context) {
    const one = async (index: number) => {
      const tensor: Tensor = {
        name: "INPUT0",
        datatype: "FP32",
        shape: [1, 4],
        values: [index, index + 0.25, index + 0.5, index + 0.75],
      };
      const exchange = await context.send(infer("identity_fp32", [tensor], { id: `caller-${index}` }));
      const outcome = grpcOutcome(exchange);
      if (outcome.ok && (outcome.code === 8 || outcome.code === 14))
        return context.warn(`some of ${CONCURRENT} concurrent calls end with ${outcome.codeName}`);
      const output = outputNamed(given, outputsOf(given, exchange), "OUTPUT0");
      const difference = describeDifference(output, tensor);
      expect.that(difference === undefined, `the data of caller ${index}`, difference ?? "");
      const { id } = answerOf(given, "ModelInfer", exchange);
      if (id.startsWith("caller-")) expect.equal(id, `caller-${index}`, "id");
    };
    await Promise.all(Array.from({ length: CONCURRENT }, (_, index) => one(index)));
  },
});

const aftermath = census({
  id: "v2-grpc/bad-request-leaves-server-serving",
  title: "After a bad call the server answers the next good one",
  clause: "V2GRPC-GEN-08",
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

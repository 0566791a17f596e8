import { type CheckContext, expect, given, type ModelInfo } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, call, describedBoth, differenceOfSpecs, get, givenServes } from "../messages.ts";

interface Server {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

async function serverBoth(context: CheckContext): Promise<{ readonly rest: Server; readonly grpc: Server }> {
  await givenServes(context);
  const grpc = answerOf(given, "ServerMetadata", await context.send(call("ServerMetadata", {})));
  const exchange = await context.send(get("/v2"));
  given.status(exchange, 200);
  const { name, version, extensions } = given.object(exchange);
  given.that(typeof name === "string" && typeof version === "string", "name and version", "others");
  return { grpc, rest: { name, version, extensions: Array.isArray(extensions) ? extensions.map(String) : [] } };
}

/** The models that both transports know and whose tensors are known. */
function sharedModels({ info, model }: CheckContext): readonly ModelInfo[] {
  const shared = info.models.filter(
    ({ foundBy, inputs }) => foundBy.includes("v2-rest") && foundBy.includes("v2-grpc") && inputs.length > 0,
  );
  return shared.length > 0 ? shared : [model];
}

/** What only one of two lists holds, in words; undefined when they hold the same. */
function differenceOfSets(rest: readonly string[], grpc: readonly string[]): string | undefined {
  const only = (these: readonly string[], those: readonly string[]) => these.filter((each) => !those.includes(each));
  const [ofRest, ofGrpc] = [only(rest, grpc), only(grpc, rest)];
  if (ofRest.length + ofGrpc.length === 0) return undefined;
  return `only REST: ${ofRest.join(", ") || "none"}; only gRPC: ${ofGrpc.join(", ") || "none"}`;
}

export default [
  observe({
    id: "v2-cross/server-name-and-version-agree",
    title: "REST and gRPC tell the same name and version of the server",
    clause: "V2X-META-01",
    kills: ["v2-cross:grpc-tells-another-version"],
    async run(context) {
      const { rest, grpc } = await serverBoth(context);
      expect.equal(grpc.name, rest.name, "name");
      expect.equal(grpc.version, rest.version, "version");
    },
  }),
  observe({
    id: "v2-cross/extensions-agree",
    title: "REST and gRPC list the same extensions",
    clause: "V2X-META-01",
    kills: [{ mutant: "v2-cross:grpc-lists-no-extensions", as: "warn" }],
    async run(context) {
      const { rest, grpc } = await serverBoth(context);
      const difference = differenceOfSets(rest.extensions, grpc.extensions);
      if (difference !== undefined) context.warn(`the lists of extensions differ: ${difference}`);
    },
  }),
  observe({
    id: "v2-cross/platform-agrees",
    title: "REST and gRPC tell the same platform of a model",
    clause: "V2X-META-02",
    kills: ["v2-cross:grpc-tells-another-platform"],
    async run(context) {
      await givenServes(context);
      for (const model of sharedModels(context)) {
        const { rest, grpc } = await describedBoth(context, model);
        expect.equal(grpc.platform, rest.platform, `platform of ${model.name}`);
      }
    },
  }),
  observe({
    id: "v2-cross/tensors-agree",
    title: "REST and gRPC tell the same datatype and shape of every tensor of a model",
    clause: "V2X-META-02",
    kills: ["v2-cross:grpc-tells-fixed-dimensions", "v2-cross:rest-hides-an-output"],
    async run(context) {
      await givenServes(context);
      for (const model of sharedModels(context)) {
        const { rest, grpc } = await describedBoth(context, model);
        for (const side of ["inputs", "outputs"] as const) {
          const difference = differenceOfSpecs(rest[side], grpc[side]);
          expect.that(difference === undefined, `the same ${side}`, difference ?? "", `${side} of ${model.name}`);
        }
      }
    },
  }),
  observe({
    id: "v2-cross/versions-agree",
    title: "REST and gRPC list the same versions of a model",
    clause: "V2X-META-02",
    kills: [{ mutant: "v2-cross:rest-lists-other-versions", as: "warn" }],
    async run(context) {
      await givenServes(context);
      for (const model of sharedModels(context)) {
        const { rest, grpc } = await describedBoth(context, model);
        const difference = differenceOfSets(rest.versions, grpc.versions);
        if (difference !== undefined) context.warn(`the versions of ${model.name} differ: ${difference}`);
      }
    },
  }),
];

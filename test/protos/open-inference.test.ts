import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { assetText } from "../../src/base/assets.ts";
import facts from "./open-inference.facts.json" with { type: "json" };

const { root, package: packageName } = protobuf.parse(assetText("#protos/open_inference_grpc.proto"), {
  keepCase: true,
});
root.resolveAll();
const { types, services } = declared(root.lookup("inference") as protobuf.Namespace);

function declared(namespace: protobuf.NamespaceBase) {
  const found = { types: [] as protobuf.Type[], services: [] as protobuf.Service[] };
  for (const each of namespace.nestedArray) {
    if (each instanceof protobuf.Service) found.services.push(each);
    if (!(each instanceof protobuf.Type)) continue;
    found.types.push(each, ...declared(each).types);
  }
  return found;
}

const nameInPackage = (fullName: string) => fullName.replace(`.${facts.package}.`, "");

function describeField(field: protobuf.Field) {
  field.resolve();
  return {
    number: field.id,
    name: field.name,
    type: field.resolvedType ? nameInPackage(field.resolvedType.fullName) : field.type,
    ...(field.repeated && { repeated: true }),
    ...(field instanceof protobuf.MapField && { mapKey: field.keyType }),
    ...(field.partOf && { oneof: field.partOf.name }),
  };
}

describe("the Open Inference Protocol's .proto file", () => {
  test("declares the package and the service", () => {
    expect(packageName).toBe(facts.package);
    expect(services.map(({ name }) => name)).toEqual([facts.service]);
  });

  test("declares the methods, none of them streaming", () => {
    const methods = services.flatMap(({ methodsArray }) => methodsArray);
    expect(
      Object.fromEntries(methods.map(({ name, requestType, responseType }) => [name, [requestType, responseType]])),
    ).toEqual(facts.methods);
    expect(methods.filter(({ requestStream, responseStream }) => requestStream || responseStream)).toEqual([]);
  });

  test("declares these messages and no other", () => {
    expect(types.map((type) => nameInPackage(type.fullName)).toSorted()).toEqual(
      Object.keys(facts.messages).toSorted(),
    );
  });

  test.each(Object.entries(facts.messages))("gives %s its fields", (name, fields) => {
    const type = root.lookupType(`${facts.package}.${name}`);
    expect(type.fieldsArray.map(describeField).toSorted((a, b) => a.number - b.number)).toEqual(fields);
  });

  test("packs repeated numbers, as proto3 does", () => {
    const shape = root.lookupType("inference.ModelInferRequest.InferInputTensor").fields.shape;
    expect(shape?.packed).toBe(true);
  });
});

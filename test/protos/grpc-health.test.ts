import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { assetText } from "../../src/base/assets.ts";
import facts from "./grpc-health.facts.json" with { type: "json" };

const { root, package: packageName } = protobuf.parse(assetText("#protos/grpc_health.proto"), { keepCase: true });
root.resolveAll();
const declared = (root.lookup(facts.package) as protobuf.Namespace).nestedArray;
const service = root.lookupService(`${facts.package}.${facts.service}`);

const nameInPackage = (fullName: string) => fullName.replace(`.${facts.package}.`, "");

function describeField(field: protobuf.Field) {
  field.resolve();
  return {
    number: field.id,
    name: field.name,
    type: field.resolvedType ? nameInPackage(field.resolvedType.fullName) : field.type,
    ...(field.repeated && { repeated: true }),
    ...(field instanceof protobuf.MapField && { mapKey: field.keyType }),
  };
}

describe("gRPC's health .proto file", () => {
  test("declares the package, the service and these messages, and no other", () => {
    expect(packageName).toBe(facts.package);
    expect(declared.map(({ name }) => name).toSorted()).toEqual(
      [facts.service, ...Object.keys(facts.messages)].toSorted(),
    );
  });

  test("declares the methods, of which Watch streams its answers", () => {
    const methods = service.methodsArray.map(({ name, requestType, responseType, requestStream, responseStream }) => {
      expect(requestStream ?? false).toBe(false);
      return [name, [requestType, responseType, responseStream ?? false]] as const;
    });
    expect(Object.fromEntries(methods)).toEqual(facts.methods);
  });

  test.each(Object.entries(facts.messages))("gives %s its fields", (name, fields) => {
    const type = root.lookupType(`${facts.package}.${name}`);
    expect(type.fieldsArray.map(describeField)).toEqual(fields);
  });

  test.each(Object.entries(facts.enums))("gives %s its values", (name, values) => {
    expect(root.lookupEnum(`${facts.package}.${name}`).values).toEqual(values);
  });
});

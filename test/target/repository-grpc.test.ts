import { expect, test } from "vitest";
import { decodeRepository, encodeRepository, repositoryPath } from "../../src/target/index.ts";

// Field 1 is a string, field 2 a bool: tags 0x0a and 0x10.
const NAMED = [0x0a, 0x02, 0x6d, 0x31];

test("requests carry the model's name in field 1", () => {
  expect([...encodeRepository("RepositoryModelLoadRequest", { model_name: "m1" })]).toEqual(NAMED);
  expect([...encodeRepository("RepositoryModelUnloadRequest", { model_name: "m1" })]).toEqual(NAMED);
});

test("answers carry the name in field 1 and the truth in field 2", () => {
  const answer = Uint8Array.from([...NAMED, 0x10, 0x01]);
  expect(decodeRepository("RepositoryModelLoadResponse", answer)).toEqual({ model_name: "m1", isLoaded: true });
  expect(decodeRepository("RepositoryModelUnloadResponse", answer)).toEqual({ model_name: "m1", isUnloaded: true });
  expect(decodeRepository("RepositoryModelLoadResponse", new Uint8Array(0))).toEqual({
    model_name: "",
    isLoaded: false,
  });
});

test("bytes that are no message are told", () => {
  expect(() => decodeRepository("RepositoryModelLoadResponse", Uint8Array.of(0x0a, 0x05))).toThrow(
    /2 bytes are no RepositoryModelLoadResponse/,
  );
});

test("the methods belong to the inference service", () => {
  expect(repositoryPath("RepositoryModelLoad")).toBe("/inference.GRPCInferenceService/RepositoryModelLoad");
});

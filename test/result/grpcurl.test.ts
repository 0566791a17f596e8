import { describe, expect, test } from "vitest";
import { grpcurlLine } from "../../src/result/index.ts";
import type { GrpcRequest } from "../../src/transport/exchange.ts";

const request: GrpcRequest = {
  protocol: "grpc",
  path: "/inference.GRPCInferenceService/ModelInfer",
  metadata: [],
  messages: [new Uint8Array([10, 1, 97])],
};
const decoded = (json: unknown) => () => ({ json, proto: "open_inference_grpc.proto" });

describe("a grpcurl line", () => {
  test("names the service, the .proto and the message as JSON", () => {
    const json = { model_name: "it's", id: "9007199254740993", raw_input_contents: ["AAEC"] };
    const call = { ...request, metadata: [["x-a", "two words"]] as const };
    expect(grpcurlLine(call, { host: "::1", port: 9000 }, decoded(json))).toBe(
      `grpcurl -plaintext -import-path protos -proto open_inference_grpc.proto -H 'x-a: two words' ` +
        String.raw`-d '{"model_name":"it'\''s","id":"9007199254740993","raw_input_contents":["AAEC"]}' '[::1]:9000' inference.GRPCInferenceService/ModelInfer`,
    );
  });

  test("carries TLS, authority and credentials without their value", () => {
    const target = {
      host: "model.example.com",
      port: 443,
      address: "10.0.0.1",
      tls: { ca: "ca.pem", insecure: true },
      headers: [["authorization", "Bearer hunter2"]] as const,
    };
    const line = grpcurlLine(request, target, decoded({}));
    expect(line).toContain("grpcurl -insecure -cacert ca.pem -authority model.example.com ");
    expect(line).toContain('-H "authorization: Bearer $INFERMARK_TOKEN"');
    expect(line).not.toContain("hunter2");
  });

  test("does not exist when a message cannot be read, is too long, or there is none", () => {
    const target = { host: "h", port: 1 };
    expect(grpcurlLine(request, target, () => undefined)).toBeUndefined();
    expect(grpcurlLine({ ...request, messages: [] }, target, decoded({}))).toBeUndefined();
    expect(grpcurlLine(request, target, decoded({ a: "x".repeat(9000) }))).toBeUndefined();
  });
});

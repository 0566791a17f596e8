import { assert, constantFrom, dictionary, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHealth, encodeHealth, healthPath, SERVING_STATUS, servingStatusName } from "../../src/target/index.ts";

describe("the codec of gRPC's health service", () => {
  test("names methods as gRPC paths", () => {
    expect(healthPath("Check")).toBe("/grpc.health.v1.Health/Check");
  });

  test("writes the bytes that the protocol says", () => {
    expect(encodeHealth("HealthCheckRequest", { service: "a" })).toEqual(new Uint8Array([0x0a, 1, 0x61]));
    expect(encodeHealth("HealthCheckResponse", { status: SERVING_STATUS.SERVING })).toEqual(new Uint8Array([0x08, 1]));
  });

  test("reads an empty message as its defaults", () => {
    const nothing = new Uint8Array(0);
    expect(decodeHealth("HealthCheckRequest", nothing)).toEqual({ service: "" });
    expect(decodeHealth("HealthCheckResponse", nothing)).toEqual({ status: SERVING_STATUS.UNKNOWN });
    expect(decodeHealth("HealthListResponse", nothing)).toEqual({ statuses: {} });
  });

  test("keeps a state that the protocol does not have as its number", () => {
    const { status } = decodeHealth("HealthCheckResponse", new Uint8Array([0x08, 9]));
    expect(servingStatusName(status)).toBe("status 9");
    expect(servingStatusName(2)).toBe("NOT_SERVING");
  });

  test("says which message the bytes are not", () => {
    expect(() => decodeHealth("HealthCheckResponse", new Uint8Array([0x08]))).toThrow(
      "the 1 bytes are no HealthCheckResponse",
    );
  });

  test("reads every listing that it writes", () => {
    const status = constantFrom(...Object.values(SERVING_STATUS));
    const names = string().filter((name) => name !== "__proto__");
    assert(
      property(
        dictionary(names, record({ status }, { noNullPrototype: true }), { noNullPrototype: true }),
        (statuses) => {
          expect(decodeHealth("HealthListResponse", encodeHealth("HealthListResponse", { statuses }))).toEqual({
            statuses,
          });
        },
      ),
    );
  });
});

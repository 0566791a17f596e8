import { describe, expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import { isLoopback, parseGrpcAddress, parseRestAddress, showAddress } from "../../src/target/index.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

function refusal(action: () => unknown): InfermarkError {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof InfermarkError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

describe("a REST address", () => {
  test.each([
    ["http://localhost:8080", { host: "localhost", port: 8080, prefix: "" }],
    ["http://localhost:8080/", { host: "localhost", port: 8080, prefix: "" }],
    ["http://host", { host: "host", port: 80, prefix: "" }],
    ["https://host", { host: "host", port: 443, prefix: "", tls: {} }],
    ["https://Host:8443/serving/ns/model/", { host: "host", port: 8443, prefix: "/serving/ns/model", tls: {} }],
    ["http://[::1]:9000/x", { host: "::1", port: 9000, prefix: "/x" }],
  ])("%s is read", (text, expected) => {
    expect(parseRestAddress(text)).toEqual({ headers: [], secretHeaders: [], ...expected });
  });

  test.each([
    "localhost:8080",
    "localhost",
    "ftp://host:21",
    "http://",
    "http://host:99999",
    "http://host:0",
    "http://host?x=1",
    "",
    "host:80/x",
  ])("%j is refused with a hint", (text) => {
    expect(refusal(() => parseRestAddress(text))).toMatchObject({ code: "USAGE", hint: expect.stringMatching(/\w/) });
  });

  test("turns credentials of the URL into Basic authorization that is kept secret", () => {
    const endpoint = parseRestAddress("http://us%40er:p%3Aw%C3%A9@host:8080/x");
    expect(endpoint.headers).toEqual([["authorization", basic("us@er:p:wé")]]);
    expect(endpoint.secretHeaders).toEqual(["authorization"]);
    expect(showAddress(endpoint)).toBe("http://host:8080/x");
  });

  test("does not show credentials of an address that it refuses", () => {
    expect(refusal(() => parseRestAddress("ftp://me:sec/ret@host/")).message).not.toContain("ret");
    expect(refusal(() => parseRestAddress("http://me:secret@host:0/")).message).toContain("http://host:0/");
  });

  test("sends extra headers and a token, and leaves metadata to gRPC", () => {
    const endpoint = parseRestAddress("http://host", {
      headers: ["X-Tenant:  a b ", "X-Api-Key: k"],
      metadata: ["m: 1"],
      token: "t",
    });
    expect(endpoint.headers).toEqual([
      ["X-Tenant", "a b"],
      ["X-Api-Key", "k"],
      ["authorization", "Bearer t"],
    ]);
    expect(endpoint.secretHeaders).toEqual(["X-Api-Key", "authorization"]);
  });

  test("prefers an Authorization header to a token, and a token to the URL's credentials", () => {
    const both = { headers: ["Authorization: Custom x"], token: "t" };
    expect(parseRestAddress("http://a:b@host", both).headers).toEqual([["Authorization", "Custom x"]]);
    expect(parseRestAddress("http://a:b@host", { token: "t" }).headers).toEqual([["authorization", "Bearer t"]]);
  });

  test("takes a token as a file holds it, and refuses one that no header carries without showing it", () => {
    expect(parseRestAddress("http://host", { token: "abc\n" }).headers).toEqual([["authorization", "Bearer abc"]]);
    expect(refusal(() => parseRestAddress("http://host", { token: " \n" })).message).toBe("the token is empty");
    const { code, message } = refusal(() => parseRestAddress("http://host", { token: "secret\nX: y" }));
    expect({ code, shown: message.includes("secret") }).toEqual({ code: "USAGE", shown: false });
  });

  test.each(["no colon", ": x", "na me: x", "name: a\r\nb: c"])(
    "refuses the header %j and does not show its value",
    (header) => {
      expect(refusal(() => parseRestAddress("http://host", { headers: [header] })).code).toBe("USAGE");
      expect(refusal(() => parseRestAddress("http://host", { headers: ["bad name: secret"] })).message).not.toContain(
        "secret",
      );
    },
  );

  test("takes TLS options where it is encrypted", () => {
    const options = { ca: "CA", cert: "C", key: "K", insecure: true, serverName: "s", authority: "a:1" };
    expect(parseRestAddress("https://host", options)).toMatchObject({
      tls: { ca: "CA", cert: "C", key: "K", insecure: true, serverName: "s" },
      authority: "a:1",
    });
    expect(parseRestAddress("http://host", options)).not.toHaveProperty("tls");
    expect(refusal(() => parseRestAddress("https://host", { cert: "C" })).hint).toBe("give both --cert and --key");
  });

  test("connects to the address that --resolve gives for its host and port", () => {
    const resolve = ["other:80:10.0.0.1", "host:81:10.0.0.2", "Host:80:[::1]"];
    expect(parseRestAddress("http://host", { resolve }).address).toBe("::1");
    expect(parseRestAddress("http://host:82", { resolve })).not.toHaveProperty("address");
    expect(parseRestAddress("http://[::2]:80", { resolve: ["[::2]:80:127.0.0.1"] }).address).toBe("127.0.0.1");
    expect(refusal(() => parseRestAddress("http://host", { resolve: ["host:80"] })).code).toBe("USAGE");
    expect(refusal(() => parseRestAddress("http://host", { resolve: ["host:80:name"] })).code).toBe("USAGE");
  });
});

describe("a gRPC address", () => {
  test.each([
    ["localhost:8081", { host: "localhost", port: 8081 }],
    ["host:80", { host: "host", port: 80 }],
    ["host:443", { host: "host", port: 443 }],
    ["[::1]:8081", { host: "::1", port: 8081 }],
    ["grpc://host:8081", { host: "host", port: 8081 }],
    ["grpcs://host:8081", { host: "host", port: 8081, tls: {} }],
    ["grpcs://host", { host: "host", port: 443, tls: {} }],
    ["https://host:8081/", { host: "host", port: 8081, tls: {} }],
    ["http://host", { host: "host", port: 80 }],
  ])("%s is read", (text, expected) => {
    expect(parseGrpcAddress(text)).toEqual({ prefix: "", headers: [], secretHeaders: [], ...expected });
  });

  test.each([
    "localhost",
    "grpc://host",
    "::1:8081",
    "host:8081/path",
    "ftp://host:1",
    "host:0",
    "host:x",
    "",
    "unix:///x",
  ])("%j is refused with a hint", (text) => {
    expect(refusal(() => parseGrpcAddress(text))).toMatchObject({ code: "USAGE", hint: expect.stringMatching(/\w/) });
  });

  test("sends metadata and a token, and leaves headers to REST", () => {
    const endpoint = parseGrpcAddress("host:1", { headers: ["h: 1"], metadata: ["m: 1"], token: "t" });
    expect(endpoint.headers).toEqual([
      ["m", "1"],
      ["authorization", "Bearer t"],
    ]);
  });

  test("is shown as host and port", () => {
    expect(showAddress(parseGrpcAddress("u:p@[::1]:8081"), "grpc")).toBe("[::1]:8081");
    expect(showAddress(parseGrpcAddress("grpcs://host"), "grpc")).toBe("grpcs://host:443");
  });
});

test.each([
  ["http://localhost:1", true],
  ["http://127.8.9.1:1", true],
  ["http://[::1]:1", true],
  ["http://[::ffff:127.0.0.1]:1", true],
  ["http://10.0.0.1:1", false],
  ["http://127.example.org:1", false],
  ["http://[::2]:1", false],
])("whether %s is on this machine is %s", (text, expected) => {
  expect(isLoopback(parseRestAddress(text))).toBe(expected);
});

test("the address that --resolve gives decides what is on this machine", () => {
  expect(isLoopback(parseRestAddress("http://host", { resolve: ["host:80:127.0.0.1"] }))).toBe(true);
  expect(isLoopback(parseRestAddress("http://localhost", { resolve: ["localhost:80:10.0.0.1"] }))).toBe(false);
});

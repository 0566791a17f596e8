import { type Arbitrary, constantFrom } from "fast-check";
import type { HttpRequest } from "../../transport/index.ts";

/** A change of an HTTP request beside its body. */
export interface HttpChange {
  readonly says: string;
  readonly apply: (request: HttpRequest) => HttpRequest;
}

const header = (name: string, value: string | undefined): HttpChange => ({
  says: value === undefined ? `no ${name}` : `${name}: ${value}`,
  apply: (request) => ({
    ...request,
    headers: [
      ...request.headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase()),
      ...(value === undefined ? [] : [[name, value] as const]),
    ],
  }),
});

const path = (says: string, change: (path: string) => string): HttpChange => ({
  says,
  apply: (request) => ({ ...request, path: change(request.path) }),
});

const method = (name: string): HttpChange => ({
  says: `method ${name}`,
  apply: (request) => ({ ...request, method: name }),
});

/** The model's name in a path, which both bindings have between `models/` and `/` or `:`. */
const named = (name: string): HttpChange =>
  path(`the model ${name} in the path`, (from) => from.replace(/(\/models\/)[^/:]*/, `$1${name}`));

const CHANGES: readonly HttpChange[] = [
  header("content-type", undefined),
  ...["text/plain", "application/octet-stream", "application/json; charset=utf-16", "multipart/form-data", "x"].map(
    (type) => header("content-type", type),
  ),
  header("content-encoding", "gzip"),
  header("content-encoding", "x"),
  header("accept", "application/xml"),
  header("accept", ";;q=x"),
  header("x-request-id", "ä".repeat(200)),
  header("inference-header-content-length", "0"),
  ...["", "%00", "%0d%0a", "..%2f..", "%c3%28", "a%20b", "%F0%9F%98%80", "x".repeat(2000)].map(named),
  path("a query", (from) => `${from}?a[]=%00&a=1&=`),
  path("a slash at the end", (from) => `${from}/`),
  path("two slashes", (from) => from.replace("/models", "//models")),
  method("PUT"),
  method("PATCH"),
  method("DELETE"),
];

export function httpChange(): Arbitrary<HttpChange> {
  return constantFrom(...CHANGES);
}

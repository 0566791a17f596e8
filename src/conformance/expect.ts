import { type JsonValue, readJson, toPlain } from "../target/index.ts";
import { bodyOf, type Exchange, grpcOutcome, headerOf } from "../transport/index.ts";
import { Nonconformance, Undecided } from "./outcome.ts";

/** Statements about an answer. `expect` judges the target by them; `given` only needs them to go on. */
export interface Judge {
  /** The general form: everything below is said with it. */
  that(condition: unknown, expected: string, actual: string, at?: string): asserts condition;
  /** The two values are the same primitive, or the same JSON text. */
  equal(actual: unknown, expected: unknown, at?: string): void;
  /** A complete answer arrived. */
  answered(exchange: Exchange): asserts exchange is Exchange & { readonly head: NonNullable<Exchange["head"]> };
  /** A complete HTTP answer with one of these statuses. */
  status(exchange: Exchange, ...statuses: readonly number[]): void;
  /** The body is one JSON text; returned with numbers as source text. */
  json(exchange: Exchange): JsonValue;
  /** The body is a JSON object; returned with ordinary numbers. */
  object(exchange: Exchange): Readonly<Record<string, unknown>>;
  /** gRPC status OK with exactly one message, which is returned. */
  message(exchange: Exchange): Uint8Array;
}

/** What came back, in a few words: `status 404`, `gRPC NOT_FOUND "…"`, `no answer (reset): …`. */
export function describeAnswer(exchange: Exchange): string {
  if (exchange.failure) return `no answer (${exchange.failure.code}): ${exchange.failure.message}`;
  if (exchange.request.protocol === "grpc") {
    const outcome = grpcOutcome(exchange);
    if (!outcome.ok) return outcome.problem;
    return `gRPC ${outcome.codeName}${outcome.message === "" ? "" : ` "${shorten(outcome.message)}"`}`;
  }
  return `status ${exchange.head?.status}`;
}

/** At most `limit` characters, with an ellipsis where some were cut. */
export function shorten(text: string, limit = 200): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/** A value as a short piece of JSON, for `expected` and `actual`. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return shorten(
    JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? member.toString() : member)) ??
      typeof value,
  );
}

function judgeThatRaises(raise: (expected: string, actual: string, at?: string) => never): Judge {
  const judge: Judge = {
    that(condition, expected, actual, at): asserts condition {
      if (!condition) raise(expected, actual, at);
    },
    equal(actual, expected, at) {
      if (!Object.is(actual, expected) && show(actual) !== show(expected)) raise(show(expected), show(actual), at);
    },
    answered(exchange) {
      if (!exchange.head || exchange.failure) raise("an answer", describeAnswer(exchange));
    },
    status(exchange, ...statuses) {
      const { head, failure } = exchange;
      if (!head || failure || !statuses.includes(head.status))
        raise(`status ${statuses.join(" or ")}`, describeAnswer(exchange));
    },
    json(exchange) {
      if (exchange.failure) raise("an answer", describeAnswer(exchange));
      const read = readJson(bodyOf(exchange));
      return read.ok ? read.value : raise("a JSON body", `${read.problem} in ${showBody(exchange)}`);
    },
    object(exchange) {
      const value = toPlain(judge.json(exchange));
      if (typeof value !== "object" || value === null || Array.isArray(value)) raise("a JSON object", show(value));
      return value as Readonly<Record<string, unknown>>;
    },
    message(exchange) {
      const outcome = grpcOutcome(exchange);
      if (!outcome.ok || outcome.code !== 0) raise("gRPC status OK", describeAnswer(exchange));
      const [message, ...more] = outcome.ok ? outcome.messages : [];
      if (!message || more.length > 0) raise("one message", `${more.length + (message ? 1 : 0)} messages`);
      return message;
    },
  };
  return judge;
}

function showBody(exchange: Exchange): string {
  const body = bodyOf(exchange);
  if (body.length === 0) return "an empty body";
  const type = headerOf(exchange.head?.headers, "content-type");
  return `${type === undefined ? "" : `${type} `}${shorten(JSON.stringify(Buffer.from(body).toString("utf8")), 120)}`;
}

/** Judges: a statement that does not hold fails the check. */
export const expect: Judge = judgeThatRaises((expected, actual, at) => {
  throw new Nonconformance(expected, actual, at);
});

/** Presupposes: a statement that does not hold makes the check inconclusive, because another check judges it. */
export const given: Judge = judgeThatRaises((expected, actual, at) => {
  throw new Undecided(`needs ${expected}${at === undefined ? "" : ` at ${at}`}, got ${actual}`);
});

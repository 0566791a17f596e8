import { bodyOf, type Exchange, grpcOutcome } from "../../transport/index.ts";
import { describeAnswer, shorten } from "../expect.ts";
import type { FuzzCase, Fuzzing } from "./fuzzing.ts";
import type { FuzzKind } from "./kinds.ts";
import { stackTraceIn } from "./stack-trace.ts";

/** A fault as one exchange shows it. */
export interface Symptom {
  readonly kind: FuzzKind;
  /** What the server did. */
  readonly actual: string;
}

/** Codes by which gRPC blames the server: UNKNOWN, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const SERVER_CODES = new Set([2, 13, 14, 15]);
/** Given by whoever stands before the server, in a form of its own. */
const BEFORE_THE_SERVER = new Set([502, 503, 504]);

/** How an answer is counted. */
export type AnswerClass = "succeeded" | "refused" | "serverErrors" | "other";

/** Success, an error that blames the caller, one that blames the server, or anything else. */
export function classOf(exchange: Exchange): AnswerClass {
  if (exchange.failure) return "other";
  if (exchange.request.protocol === "grpc") {
    const outcome = grpcOutcome(exchange);
    if (!outcome.ok) return "other";
    if (outcome.code === 0) return "succeeded";
    return SERVER_CODES.has(outcome.code) ? "serverErrors" : "refused";
  }
  const status = exchange.head?.status ?? 0;
  if (status >= 500) return "serverErrors";
  if (status >= 400) return "refused";
  return status >= 200 && status < 300 ? "succeeded" : "other";
}

/** What is wrong with the answer to a request, by what every server owes; undefined when nothing is. */
export function symptomOf(fuzzing: Fuzzing, { answerKnown }: FuzzCase, exchange: Exchange): Symptom | undefined {
  return withoutAnswer(exchange) ?? inAnswer(fuzzing, answerKnown, exchange);
}

function withoutAnswer(exchange: Exchange): Symptom | undefined {
  const actual = describeAnswer(exchange);
  switch (exchange.failure?.code) {
    case "closed":
    case "reset":
      return { kind: "drops-connection", actual };
    case "timeout":
      return { kind: "hangs", actual };
    case "refused":
      return { kind: "stops-serving", actual };
    case "malformed":
    case "protocol":
      return { kind: "malformed-answer", actual };
    default:
      return undefined;
  }
}

function inAnswer(fuzzing: Fuzzing, answerKnown: boolean, exchange: Exchange): Symptom | undefined {
  if (exchange.failure) return undefined;
  if (exchange.request.protocol === "grpc") {
    const outcome = grpcOutcome(exchange);
    if (!outcome.ok) return { kind: "malformed-answer", actual: outcome.problem };
  }
  const answer = classOf(exchange);
  if (answer === "succeeded") return inSuccess(fuzzing, answerKnown, exchange);
  return answer === "serverErrors" ? inServerError(fuzzing, exchange) : undefined;
}

function inSuccess(fuzzing: Fuzzing, answerKnown: boolean, exchange: Exchange): Symptom | undefined {
  const problem = fuzzing.successProblem(exchange);
  if (problem !== undefined) return { kind: "malformed-answer", actual: problem };
  const difference = answerKnown ? fuzzing.difference(exchange) : undefined;
  return difference === undefined ? undefined : { kind: "wrong-answer", actual: difference };
}

function inServerError(fuzzing: Fuzzing, exchange: Exchange): Symptom | undefined {
  const trace = stackTraceIn(textOf(exchange));
  const actual = describeAnswer(exchange);
  if (trace !== undefined)
    return { kind: "leaks-stack-trace", actual: `${shorten(actual, 80)} with ${shorten(trace, 80)}` };
  if (BEFORE_THE_SERVER.has(exchange.head?.status ?? 0)) return undefined;
  const problem = fuzzing.errorProblem?.(exchange);
  return problem === undefined ? undefined : { kind: "improper-error", actual: `${actual} with ${problem}` };
}

function textOf(exchange: Exchange): string {
  if (exchange.request.protocol === "http") return Buffer.from(bodyOf(exchange)).toString("utf8");
  const outcome = grpcOutcome(exchange);
  return outcome.ok ? outcome.message : "";
}

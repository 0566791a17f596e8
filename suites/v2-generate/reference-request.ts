import { JsonNumber, type JsonObject, type JsonValue, readJson } from "#kit";

/** A valid request to generate text. */
export interface Generation {
  readonly text: string;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly details: boolean;
}

const DEFAULT_MAX_TOKENS = 20;

/** Thrown for input that is not valid: the 422 of the draft. */
export class InvalidInput extends Error {}

/** Reads and validates a request. Throws InvalidInput. */
export function readGeneration(body: Uint8Array): Generation {
  const read = readJson(body);
  if (!read.ok) invalid(`the body is not JSON: ${read.problem}`);
  const request = objectOf(read.value, "the body");
  const text = request.get("text_input");
  if (typeof text !== "string") invalid("text_input must be a string");
  const parameters = objectOf(request.get("parameters") ?? new Map<string, JsonValue>(), "parameters");
  numberOf(parameters, "temperature", 0, Number.POSITIVE_INFINITY);
  numberOf(parameters, "top_p", 0, 1);
  const maxTokens = numberOf(parameters, "max_tokens", 1, 2 ** 31 - 1) ?? DEFAULT_MAX_TOKENS;
  if (!Number.isInteger(maxTokens)) invalid("max_tokens must be an integer");
  const stop = parameters.get("stop") ?? [];
  if (!Array.isArray(stop) || !stop.every((each) => typeof each === "string"))
    invalid("stop must be a list of strings");
  const details = parameters.get("details") ?? false;
  if (typeof details !== "boolean") invalid("details must be true or false");
  return { text, maxTokens, stop, details };
}

function invalid(problem: string): never {
  throw new InvalidInput(problem);
}

function objectOf(value: JsonValue, what: string): JsonObject {
  return value instanceof Map ? (value as JsonObject) : invalid(`${what} must be an object`);
}

function numberOf(parameters: JsonObject, name: string, least: number, most: number): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const number = value instanceof JsonNumber ? Number(value.text) : Number.NaN;
  return number >= least && number <= most ? number : invalid(`${name} must be a number from ${least} to ${most}`);
}

import type { ErrorObject } from "ajv";
import type { ResultDocument } from "./document.gen.ts";
import { documentValidator } from "./validator.ts";

const MOST_PROBLEMS = 10;

/** What keeps a value from being a result document, each with the place of it; empty when it is one. */
export function problemsOf(value: unknown): string[] {
  validator ??= documentValidator();
  if (validator(value)) return [];
  return (validator.errors ?? []).slice(0, MOST_PROBLEMS).map(describe);
}

/** Whether a value is a result document of version 1. */
export function isResultDocument(value: unknown): value is ResultDocument {
  return problemsOf(value).length === 0;
}

let validator: ReturnType<typeof documentValidator> | undefined;

function describe({ instancePath, keyword, params, message = "is wrong" }: ErrorObject): string {
  const where = instancePath === "" ? "the document" : instancePath;
  switch (keyword) {
    case "additionalProperties":
      return `${where} has the unknown member "${params["additionalProperty"]}"`;
    case "required":
      return `${where} lacks "${params["missingProperty"]}"`;
    case "const":
      return `${where} is not ${JSON.stringify(params["allowedValue"])}`;
    case "enum":
      return `${where} is none of ${(params["allowedValues"] as readonly unknown[]).join(", ")}`;
    default:
      return `${where} ${message}`;
  }
}

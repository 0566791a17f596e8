import { InfermarkError, messageOf } from "../base/errors.ts";
import { problemsOf, type ResultDocument } from "../result/index.ts";
import { fileBytes } from "./read-file.ts";

const HINT = "give a result.json that infermark wrote";

/** The result document in a file. Throws USAGE when it is none. */
export function readDocument(file: string): ResultDocument {
  const text = fileBytes(file).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InfermarkError("USAGE", `${file} is not JSON: ${messageOf(cause)}`, { hint: HINT, cause });
  }
  const [problem] = problemsOf(value);
  if (problem !== undefined)
    throw new InfermarkError("USAGE", `${file} is no result document: ${problem}`, { hint: HINT });
  return value as ResultDocument;
}

import { readFileSync } from "node:fs";
import { InfermarkError, messageOf } from "../base/errors.ts";

/** The bytes of a file that the user named. Throws USAGE when it cannot be read. */
export function fileBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new InfermarkError("USAGE", `${file} cannot be read: ${messageOf(cause)}`, {
      hint: "name a readable file",
      cause,
    });
  }
}

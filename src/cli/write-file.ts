import { writeFileSync } from "node:fs";
import { InfermarkError, messageOf } from "../base/errors.ts";

/** Writes a text to the file that `option` names. Throws USAGE when it cannot be written. */
export function writeTextFile(file: string, text: string, option: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new InfermarkError("USAGE", `${file} cannot be written: ${messageOf(cause)}`, {
      hint: `name a writable file with ${option}`,
      cause,
    });
  }
}

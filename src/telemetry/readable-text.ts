import { readFile } from "node:fs/promises";
import { codeOf } from "./error-code.ts";

/** The text of a file of the kernel; undefined when it, or the process it is about, is not there or not ours to read. */
export async function readableText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM", "ENOTDIR", "ENODEV"].includes(codeOf(thrown))) return undefined;
    throw thrown;
  }
}

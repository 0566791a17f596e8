import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a bash script in an empty folder to its end; the folder holds what it wrote. */
export async function runScript(lines: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "infermark-shell-"));
  writeFileSync(join(folder, "script.sh"), `${lines.join("\n")}\n`);
  const child = spawn("bash", ["script.sh"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the script ended with ${String(code)}: ${stderr}`);
  return folder;
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "./process.ts";

/**
 * A virtual environment with exactly the pinned packages; made anew when the pins change, else reused.
 * Returns the path of its `bin` folder.
 */
export function pythonEnvironment(folder: string, requirements: string): string {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const stamp = join(folder, "requirements.sha256");
  const bin = join(folder, "bin");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return bin;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  runToEnd("python3", ["-m", "venv", folder]);
  // The pins are complete: without --no-deps pip would add packages that CPU serving does not need.
  runToEnd(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", requirements]);
  writeFileSync(stamp, digest);
  return bin;
}

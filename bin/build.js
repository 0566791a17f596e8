// Compiles src/ and suites/ into dist/, and tells whether dist/ is what they compile to now.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
/** Carries the time at which the compiler began: what was written later is not in it. */
const stamp = join(dist, ".built");

/** Whether nothing that is compiled was written, added, removed or renamed since the last build. */
export function isBuilt() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  const unchanged = (path) => statSync(path).mtimeMs <= built;
  const folderUnchanged = (folder) =>
    unchanged(folder) &&
    readdirSync(folder, { withFileTypes: true }).every((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? folderUnchanged(path) : !path.endsWith(".ts") || unchanged(path);
    });
  return (
    ["tsconfig.json", "tsconfig.build.json"].every((file) => unchanged(join(root, file))) &&
    ["src", "suites"].every((folder) => folderUnchanged(join(root, folder)))
  );
}

/** Makes dist/ anew. Throws when something does not compile. */
export function build() {
  const began = new Date();
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
  if (status !== 0) throw new Error("infermark does not compile; what is wrong stands above");
  closeSync(openSync(stamp, "w"));
  utimesSync(stamp, began, began);
}

/** Before the tests, as those of the command line run what is shipped: dist/. */
export function setup() {
  if (!isBuilt()) build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();

// Compiles src/ and suites/ into dist/, and tells whether dist/ is what they compile to now.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
/** Carries the time at which the compiler began: what was written later is not in it. */
const stamp = join(dist, ".built");
const resultSchema = join(root, "reports", "schema", "result.v1.schema.json");

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
    [join(root, "tsconfig.json"), join(root, "tsconfig.build.json"), resultSchema].every(unchanged) &&
    ["src", "suites"].every((folder) => folderUnchanged(join(root, folder)))
  );
}

/** Makes dist/ anew. Throws when something does not compile. */
export async function build() {
  const began = new Date();
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
  if (status !== 0) throw new Error("infermark does not compile; what is wrong stands above");
  await compileValidator();
  closeSync(openSync(stamp, "w"));
  utimesSync(stamp, began, began);
}

/** Puts what ajv makes of the schema of result documents in the place of the module that would have ajv make it at run time. */
async function compileValidator() {
  const folder = join(dist, "src", "result");
  const { VALIDATOR_OPTIONS } = await import(pathToFileURL(join(folder, "validator.js")).href);
  const [{ Ajv2020 }, { default: standalone }] = await Promise.all([
    import("ajv/dist/2020.js"),
    import("ajv/dist/standalone/index.js"),
  ]);
  const ajv = new Ajv2020({ ...VALIDATOR_OPTIONS, code: { source: true } });
  const validate = ajv.compile(JSON.parse(readFileSync(resultSchema, "utf8")));
  writeFileSync(join(folder, "validator.cjs"), (standalone.default ?? standalone)(ajv, validate));
  writeFileSync(
    join(folder, "validator.js"),
    `import { createRequire } from "node:module";
export const VALIDATOR_OPTIONS = ${JSON.stringify(VALIDATOR_OPTIONS)};
export function documentValidator() {
  return createRequire(import.meta.url)("./validator.cjs");
}
`,
  );
}

/** Before the tests, as those of the command line run what is shipped: dist/. */
export async function setup() {
  if (!isBuilt()) await build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();

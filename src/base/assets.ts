import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The text of a packaged file, named by an import of package.json, e.g. `#protos/open_inference.proto`. */
export function assetText(specifier: `#${string}`): string {
  return readFileSync(require.resolve(specifier), "utf8");
}

/** A packaged JSON file, parsed. */
export function assetJson(specifier: `#${string}`): unknown {
  return JSON.parse(assetText(specifier));
}

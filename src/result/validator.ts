import { createRequire } from "node:module";
import type { Options, ValidateFunction } from "ajv";
import { assetJson } from "../base/assets.ts";

/** How the schema of result documents is compiled. */
export const VALIDATOR_OPTIONS: Options = { allErrors: true, strict: true, allowUnionTypes: true };

/**
 * Tells whether a value keeps to the schema of result documents, and in its `errors` why not. Compiling takes a quarter of a second,
 * so that the build has it done: in `dist/` this module gives what was compiled then, and ajv is not loaded.
 */
export function documentValidator(): ValidateFunction {
  const { Ajv2020 } = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return new Ajv2020(VALIDATOR_OPTIONS).compile(assetJson("#reports/schema/result.v1.schema.json") as object);
}

export * from "./datatypes.ts";
export * from "./fixtures.ts";
export * from "./json.ts";
export * from "./model.ts";
export * from "./synthesis.ts";
export * from "./tensors.ts";

export * from "./fixtures.ts";
export * from "./grpc-host.ts";
export * from "./handler.ts";
export * from "./http-host.ts";
export * from "./in-process.ts";
export * from "./latency.ts";
export * from "./serve.ts";
export * from "./world.ts";

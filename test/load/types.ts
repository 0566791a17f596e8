export type { LoadEndpoint } from "../../src/load/endpoint.ts";
export type { AnswerCheck, EncodedRequest, Phase } from "../../src/load/engine.ts";
export type { Workload } from "../../src/load/workload.ts";
export type { ModelInfo } from "../../src/target/model.ts";

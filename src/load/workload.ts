import type { Random } from "../base/random.ts";
import type { ModelInfo } from "../target/model.ts";
import type { AnswerCheck, EncodedRequest } from "./engine.ts";

export interface WorkloadOptions {
  readonly model: ModelInfo;
  /** Rows put into each request. */
  readonly batch: number;
  readonly random: Random;
  /** How many different requests to encode; they are sent in rotation. */
  readonly count: number;
}

/** How one binding carries an inference: lives in `suites/<binding>/workload.ts`. */
export interface Workload extends AnswerCheck {
  readonly protocol: "http" | "grpc";
  /** `json`, `typed`, `raw` or `binary`. */
  readonly encoding: string;
  /** Throws USAGE when the model cannot be loaded this way (no batch dimension, a tensor JSON cannot carry). */
  encode(options: WorkloadOptions): readonly EncodedRequest[];
}

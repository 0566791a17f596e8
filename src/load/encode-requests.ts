import { seededRandom } from "../base/random.ts";
import type { ModelInfo } from "../target/model.ts";
import type { EncodedRequest } from "./engine.ts";
import type { Workload } from "./workload.ts";

/** Different requests that are sent in rotation: at most so many, and fewer when they are large; more when the user gave more. */
const MOST_REQUESTS = 64;
const MOST_BYTES = 16 * 1024 * 1024;

/** What requests are made of; with the workload, equal ones give equal requests in every process. */
export interface RequestSettings {
  readonly model: ModelInfo;
  readonly batch: number;
  readonly seed: number | string;
}

/** The requests of a run in the order of their rotation. Throws USAGE when the model cannot be loaded by this workload. */
export function encodeRequests(workload: Workload, { model, batch, seed }: RequestSettings): readonly EncodedRequest[] {
  const encode = (count: number) => workload.encode({ model, batch, random: seededRandom(seed, "load"), count });
  const bytes = encode(1).reduce((sum, { body }) => sum + body.length, 1);
  // Each that the user gave is sent, and as often as any other.
  const { length: given } = model.samples ?? [0];
  const rounds = Math.min(MOST_REQUESTS, Math.floor(MOST_BYTES / bytes)) / given;
  return encode(given * Math.max(1, Math.floor(rounds)));
}

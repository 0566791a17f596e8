import { seededRandom } from "../base/random.ts";
import type { ModelInfo } from "../target/model.ts";
import type { EncodedRequest } from "./engine.ts";
import type { Workload } from "./workload.ts";

/** Different requests that are sent in rotation: at most so many, and fewer when they are large; more when the user gave more. */
const MOST_REQUESTS = 64;
const MOST_BYTES = 16 * 1024 * 1024;
/** Requests of a mix in one rotation, at least. They are few different ones, each many times. */
const MIXED_REQUESTS = 1024;

/** What requests are made of; with the workload, equal ones give equal requests in every process. */
export interface RequestSettings {
  readonly model: ModelInfo;
  readonly batch: number;
  readonly seed: number | string;
  /** Models that share the load, in place of `model` and `batch`. */
  readonly parts?: readonly RequestPart[];
}

/** One of several models that share a load; its share of the requests is `weight`, divided by the sum of all weights. */
export interface RequestPart {
  readonly model: ModelInfo;
  readonly batch: number;
  readonly weight: number;
}

/** The requests of a run in the order of their rotation. Throws USAGE when a model cannot be loaded by this workload. */
export function encodeRequests(workload: Workload, settings: RequestSettings): readonly EncodedRequest[] {
  const { parts, seed } = settings;
  if (!parts) return requestsOf(workload, settings, seed, 1);
  const requests = parts.map((part) => requestsOf(workload, part, seed, parts.length));
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  const rounds = Math.ceil(MIXED_REQUESTS / sum);
  const rotation = parts.flatMap(({ weight }, part) => {
    const own = requests[part] as readonly EncodedRequest[];
    return Array.from({ length: rounds * weight }, (_, turn) => own[turn % own.length] as EncodedRequest);
  });
  // In random order neither the workers' shares nor the server's batches fall into step with the mix.
  return seededRandom(seed, "mix").shuffle(rotation);
}

/** Different requests to one of `among` models. */
function requestsOf(
  workload: Workload,
  { model, batch }: Pick<RequestPart, "model" | "batch">,
  seed: number | string,
  among: number,
): readonly EncodedRequest[] {
  const encode = (count: number) => workload.encode({ model, batch, random: seededRandom(seed, "load"), count });
  const bytes = encode(1).reduce((sum, { body }) => sum + body.length, 1);
  // Each that the user gave is sent, and as often as any other.
  const { length: given } = model.samples ?? [0];
  const rounds = Math.min(MOST_REQUESTS, Math.floor(MOST_BYTES / bytes)) / among / given;
  return encode(given * Math.max(1, Math.floor(rounds)));
}

import type { Arbitrary } from "fast-check";
import type { ModelInfo } from "../../target/model.ts";
import type { Exchange, WireRequest } from "../../transport/exchange.ts";

/** What the requests of a fuzz phase are made from. */
export interface FuzzScene {
  /** Models that answer quickly and whose inputs are known; never empty. */
  readonly models: readonly ModelInfo[];
  /** Also requests that are known to kill servers: impossible sizes, bottomless nesting. */
  readonly dangerous: boolean;
}

/** One request of a fuzz phase. */
export interface FuzzCase {
  readonly request: WireRequest;
  /** How it was changed, in words; empty for a request that was left as it is. */
  readonly changes: readonly string[];
  /** Nothing was changed that could break it, and the model is one whose results are known. */
  readonly answerKnown: boolean;
}

/** The requests that a suite makes for a scene. */
export interface FuzzRequests {
  /** Valid, and the same each time: asked to see whether the target still serves. */
  readonly good: WireRequest;
  /** Valid requests with changes, of which most break them. Shrinks to fewer changes of a smaller request. */
  readonly cases: Arbitrary<FuzzCase>;
}

/** What a suite adds to the fuzz phase: its requests, and how its answers are read. */
export interface Fuzzing {
  /** The requests, or why none can be made. */
  requests(scene: FuzzScene): FuzzRequests | string;
  /** Why an answer that reports success is none; undefined when it is well formed. */
  successProblem(exchange: Exchange): string | undefined;
  /** Why an error answer that blames the server is not in the form that the protocol prescribes. */
  errorProblem?(exchange: Exchange): string | undefined;
  /** How a well-formed success differs from what the model computes from its valid request, where that is known. */
  difference(exchange: Exchange): string | undefined;
}

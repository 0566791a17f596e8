import type { Task } from "../task.ts";

/** What `infermark.ts` can be told besides. */
export interface InfermarkTask extends Task {
  /** 1000 unless given. */
  readonly warmupMs?: number;
  /** No answer is looked at, and no request has an id of its own. */
  readonly unchecked?: boolean;
  /** Ends the run, within a second, when so many were answered. */
  readonly mostRequests?: number;
}

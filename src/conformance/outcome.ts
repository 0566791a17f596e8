/** What a check concluded. `error` is a bug of ours and says nothing about conformance. */
export type Verdict =
  | { readonly outcome: "pass" }
  | { readonly outcome: "warn"; readonly warnings: readonly string[] }
  | { readonly outcome: "fail"; readonly expected: string; readonly actual: string; readonly at?: string }
  | { readonly outcome: "skip"; readonly reason: string; readonly feature?: string }
  | { readonly outcome: "inconclusive"; readonly reason: string }
  | { readonly outcome: "error"; readonly message: string };

export type OutcomeName = Verdict["outcome"];

/** Thrown by `expect`: the target broke the statement under judgement. */
export class Nonconformance extends Error {
  readonly expected: string;
  readonly actual: string;
  readonly at: string | undefined;
  constructor(expected: string, actual: string, at?: string) {
    super(`expected ${expected}, got ${actual}${at === undefined ? "" : ` at ${at}`}`);
    this.name = "Nonconformance";
    this.expected = expected;
    this.actual = actual;
    this.at = at;
  }
}

/** Thrown by `given` and `inconclusive`: the evidence does not settle the statement. */
export class Undecided extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Undecided";
  }
}

/** Thrown by `skip`: the target does not offer what the statement is about. */
export class NotApplicable extends Error {
  /** What the target would have to offer, where the check declared it. */
  readonly feature: string | undefined;
  /** It is the model under test that lacks it, so that the check is no part of the core of a profile. */
  readonly ofModel: boolean;
  constructor(reason: string, feature?: string, ofModel = false) {
    super(reason);
    this.name = "NotApplicable";
    this.feature = feature;
    this.ofModel = ofModel;
  }
}

/** Ends a check without a verdict on the target. */
export function inconclusive(reason: string): never {
  throw new Undecided(reason);
}

/** Ends a check because its subject is not offered. */
export function skip(reason: string): never {
  throw new NotApplicable(reason);
}

/** Ends a check that the model under test cannot show, where the target serves no fixture that could, e.g. for "two outputs". */
export function skipForModel(what: string): never {
  const reason = `the model under test has not ${what}, and the target serves no fixture that has`;
  throw new NotApplicable(reason, `a model with ${what}`, true);
}

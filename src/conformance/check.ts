import type { Random } from "../base/random.ts";
import type { ModelInfo, TargetInfo } from "../target/model.ts";
import type { Exchange, WireRequest } from "../transport/exchange.ts";

/** A fault of the reference runtime that a check finds: by failing, or by a warning where the clause only warns. */
export type Kill = string | { readonly mutant: string; readonly as: "warn" };

export interface CheckSendOptions {
  /** The request breaks the protocol on purpose; any other request of ours that does is our bug. */
  readonly invalid?: true;
  readonly connection?: "pooled" | "fresh";
  readonly deadlineMs?: number;
}

/** What a check may use. `expect`, `given`, `skip` and `inconclusive` are imported from the kit. */
export interface CheckContext {
  readonly info: TargetInfo;
  /** The model under test: the user's first, else a fixture. */
  readonly model: ModelInfo;
  /** Seeded by (run seed, check id). */
  readonly random: Random;
  /** A fixture model that `requires` names; skips the check when the target does not serve it. */
  fixture(name: string): ModelInfo;
  /** Sends one request; every exchange is kept as evidence. After 429 it backs off, then gives up undecided. */
  send<R extends WireRequest>(request: R, options?: CheckSendOptions): Promise<Exchange<R>>;
  /**
   * Sends all of them at once and waits for every answer. Each may take as long as all would one after the other, by
   * `alone`, an answer to one of them: a server that works them off in turn is slow, not wrong.
   */
  sendAtOnce<R extends WireRequest>(requests: readonly R[], alone: Exchange): Promise<readonly Exchange<R>[]>;
  /** Sends the good request on a fresh connection after a bad one, and keeps how that went as evidence. */
  followUp(defect: string, bad: Exchange, good: WireRequest): Promise<Aftermath>;
  /** Says which exchange the verdict is about: the one that is shown and repeated. The last one unless said. */
  point(exchange: Exchange): void;
  /** Looks while the fixture `toggle` is unloaded, then loads it again; skips where the target does not unload it. The check must be `negative`. */
  whileUnloaded(look: () => Promise<void>): Promise<void>;
  /** Adds a warning; the check goes on. */
  warn(message: string): void;
  /** Keeps an observation that carries no verdict. */
  record(key: string, value: string): void;
}

interface CheckBasics {
  /** `<suite>/<slug>`; stable for ever. */
  readonly id: string;
  /** A true sentence about a conformant server, in the present tense. */
  readonly title: string;
  readonly clause: string;
  /** Features of the suite, or `model:<fixture>`; a missing one skips the check. */
  readonly requires?: readonly string[];
  /** Empty only for an observation, which records and never fails. */
  readonly kills: readonly Kill[];
  /** May harm a weak server; runs last and only on request. */
  readonly dangerous?: true;
  /** No request alone shows its failure, so that is repeated by running the check again, not by one command. */
  readonly needsSeveral?: true;
  /** It sends many requests at once, or one of more than 1 MB: it runs alone, and `--safe` leaves it out. */
  readonly heavy?: "many-at-once" | "large";
}

/** Sends what it likes and judges what comes back. */
export interface ObserveCheck extends CheckBasics {
  readonly kind: "observe";
  /** Sends invalid requests, so it runs alone. */
  readonly negative?: true;
  run(context: CheckContext): Promise<void>;
}

/** One way to break a good request. */
export interface Defect {
  readonly name: string;
  request(context: CheckContext, control: WireRequest): WireRequest;
  /** In place of the check's own `accept`. */
  readonly accept?: Accept;
}

/** Judges the answer to a defect; `control` is the answer to the good request. */
export type Accept = (answer: Exchange, scene: { context: CheckContext; control: Exchange }) => void;

/** The kit sends the good request, then each defect, then the good request again on a fresh connection. */
export interface RefuseCheck extends CheckBasics {
  readonly kind: "refuse";
  control(context: CheckContext): WireRequest;
  readonly defects: readonly Defect[];
  readonly accept: Accept;
}

/** One exchange of the suite's run, as a census sees it. */
export interface Observed {
  readonly check: string;
  readonly exchange: Exchange;
  readonly invalid: boolean;
}

/** What became of the good request after a bad one. */
export interface Aftermath {
  readonly check: string;
  readonly defect: string;
  /** The bad request and its answer. */
  readonly exchange: Exchange;
  readonly followUp: Exchange;
  readonly recovered: boolean;
}

export interface Evidence {
  readonly observed: readonly Observed[];
  readonly aftermaths: readonly Aftermath[];
}

/** One piece of evidence that a census judges, with the exchange to show for it. */
export interface CensusItem {
  readonly exchange: Exchange;
  readonly check: string;
}

/** Judges what all checks of the suite saw: each distinct violation is reported once. */
export interface CensusCheck<Item extends CensusItem = CensusItem> extends CheckBasics {
  readonly kind: "census";
  /** Makes sure there is something to judge when the check runs alone. */
  prompt(context: CheckContext): Promise<void>;
  over(evidence: Evidence): readonly Item[];
  judge(item: Item, context: CheckContext): void;
}

export type Check = ObserveCheck | RefuseCheck | CensusCheck;

type Declared<C extends CheckBasics & { kind: string }, ClauseId extends string> = Omit<C, "kind" | "clause"> & {
  readonly clause: ClauseId;
};

/** The three shapes of a check, for one suite's clauses: a mistyped clause id does not compile. */
export function checksOf<ClauseId extends string>() {
  return {
    observe: (check: Declared<ObserveCheck, ClauseId>): ObserveCheck => ({ kind: "observe", ...check }),
    refuse: (check: Declared<RefuseCheck, ClauseId>): RefuseCheck => ({ kind: "refuse", ...check }),
    census: <Item extends CensusItem>(check: Declared<CensusCheck<Item>, ClauseId>): CensusCheck => {
      const whole = { kind: "census" as const, ...check };
      // The kit hands `judge` only what `over` of the same check returned.
      return whole;
    },
  };
}

/** The mutant that a `kills` entry names, and how it must show. */
export function killOf(kill: Kill): { mutant: string; as: "fail" | "warn" } {
  return typeof kill === "string" ? { mutant: kill, as: "fail" } : kill;
}

/** Whether a check sends requests that break the protocol. */
export function isNegative(check: Check): boolean {
  return check.kind === "refuse" || (check.kind === "observe" && check.negative === true);
}

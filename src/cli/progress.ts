import { dashboardLines, fitted, progressLine } from "./live/dashboard.ts";
import type { LoadView } from "./live/load-view.ts";

/** Tells a person how a run goes: a rewritten line or dashboard on a terminal, plain lines elsewhere. */
export interface Progress {
  /** What is being done now. */
  step(text: string): void;
  /** Something that should stay: a finished step, a failed check. */
  line(text: string): void;
  /** How load is getting on. */
  load(view: LoadView): void;
  /** Leaves the terminal clean. */
  end(): void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** Say nothing. */
  readonly quiet?: boolean;
  /** Rewrite nothing, even on a terminal. */
  readonly plain?: boolean;
  /** Tell of load in one line, as of all else. */
  readonly oneLine?: boolean;
}

const CLEAR = "\r\u001b[2K";
const EVERY_MS = 80;
const PLAIN_EVERY_MS = 30_000;
const DASHBOARD_EVERY_MS = 500;
const MOST_RATES = 60;
/** A lower terminal has no room for a dashboard and what is above it. */
const LEAST_ROWS = 12;

/** Writes to standard error, so that standard output stays free for results. */
export function createProgress(stream: ProgressStream, { quiet, plain, oneLine = false }: ProgressOptions): Progress {
  if (quiet) return { step: () => {}, line: () => {}, load: () => {}, end: () => {} };
  return stream.isTTY && !plain ? rewritten(stream, oneLine) : lines(stream);
}

/** Whether whoever reads the terminal cannot be expected to see what is rewritten. */
export function isPlainTerminal(env: Readonly<Record<string, string | undefined>>): boolean {
  const ci = env["CI"] ?? "";
  return env["TERM"] === "dumb" || (ci !== "" && ci !== "false" && ci !== "0");
}

function lines(stream: ProgressStream): Progress {
  let lastMs = Number.NEGATIVE_INFINITY;
  let began = false;
  const line = (text: string) => void stream.write(`${plainLine(text)}\n`);
  return {
    step: () => {},
    line,
    // A short run says enough at its end; of a long one a log should show that it is alive.
    load: (view) => {
      const now = performance.now();
      if (!began) lastMs = now;
      began = true;
      if (now - lastMs < PLAIN_EVERY_MS) return;
      lastMs = now;
      line(`load: ${progressLine(view)}`);
    },
    end: () => {},
  };
}

/** The cursor stands below what is rewritten, so that a process that is killed leaves nothing to repair. */
function rewritten(stream: ProgressStream, oneLine: boolean): Progress {
  let shown: readonly string[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastPoint = "";
  let rates: number[] = [];
  const columns = () => Math.max(1, (stream.columns ?? 80) - 1);
  const cleared = () => {
    const [only] = shown;
    if (only === undefined) return "";
    if (shown.length === 1) return CLEAR;
    // A terminal that became narrower has wrapped them.
    const rows = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns())), 0);
    return `\u001b[${rows}A\r\u001b[J`;
  };
  const drawn = (next: readonly string[]) =>
    next.length > 1 ? next.map((line) => `${line}\n`).join("") : (next[0] ?? "");
  const draw = (next: readonly string[]) => {
    // In one piece, so that nothing flickers.
    stream.write(`${cleared()}${drawn(next)}`);
    shown = next;
  };
  const isDue = (everyMs: number) => {
    const now = performance.now();
    if (now - lastMs < everyMs) return false;
    lastMs = now;
    return true;
  };
  return {
    step: (text) => {
      if (isDue(EVERY_MS)) draw([fitted(text, columns())]);
    },
    line: (text) => {
      stream.write(`${shown.length === 0 ? CLEAR : cleared()}${plainLine(text)}\n${drawn(shown)}`);
    },
    load: (view) => {
      const point = `${view.run} ${view.point} ${view.phase}`;
      if (point !== lastPoint) rates = [];
      lastPoint = point;
      rates = [...rates.slice(1 - MOST_RATES), view.requestsPerSecond];
      if (!isDue(DASHBOARD_EVERY_MS)) return;
      const low = stream.rows !== undefined && stream.rows < LEAST_ROWS;
      draw(oneLine || low ? [fitted(progressLine(view), columns())] : dashboardLines(view, rates, columns()));
    },
    end: () => {
      stream.write(cleared());
      shown = [];
    },
  };
}

/** Texts may come from the peer; control characters must not steer the terminal. */
function plainLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

/** Tells several at once. */
export function together(...all: readonly Progress[]): Progress {
  return {
    step: (text) => all.forEach((each) => each.step(text)),
    line: (text) => all.forEach((each) => each.line(text)),
    load: (view) => all.forEach((each) => each.load(view)),
    end: () => all.forEach((each) => each.end()),
  };
}

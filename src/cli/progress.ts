/** Tells a person how a run goes: one rewritten line on a terminal, plain lines elsewhere. */
export interface Progress {
  /** What is being done now. */
  step(text: string): void;
  /** Something that should stay: a finished step, a failed check. */
  line(text: string): void;
  /** Leaves the terminal clean. */
  end(): void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR = "\r\u001b[2K";
const EVERY_MS = 80;

/** Writes to standard error, so that standard output stays free for results. Silent when `quiet`. */
export function createProgress(stream: ProgressStream, quiet: boolean): Progress {
  if (quiet) return { step: () => {}, line: () => {}, end: () => {} };
  if (stream.isTTY) return liveProgress(stream);
  return { step: () => {}, line: (text) => void stream.write(`${plain(text)}\n`), end: () => {} };
}

function liveProgress(stream: ProgressStream): Progress {
  let shown = "";
  let last = 0;
  const draw = (text: string) => {
    shown = text;
    stream.write(`${CLEAR}${plain(text).slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    step: (text) => {
      const now = Date.now();
      if (now - last < EVERY_MS) return;
      last = now;
      draw(text);
    },
    line: (text) => {
      stream.write(`${CLEAR}${plain(text)}\n`);
      if (shown !== "") draw(shown);
    },
    end: () => {
      if (shown !== "") stream.write(CLEAR);
      shown = "";
    },
  };
}

/** Texts may come from the peer; control characters must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

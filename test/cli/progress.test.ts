import { describe, expect, test } from "vitest";
import type { LoadView } from "../../src/cli/live/load-view.ts";
import { createProgress, isPlainTerminal } from "../../src/cli/progress.ts";

function stream(isTTY: boolean, columns = 20, rows = 40) {
  const written: string[] = [];
  return { isTTY, columns, rows, written, write: (text: string) => written.push(text) };
}

const view: LoadView = {
  run: 1,
  runs: 1,
  plan: "v2-rest json",
  point: 1,
  points: 1,
  load: "8 in flight, batch 1",
  phase: "measuring",
  elapsedMs: 5000,
  lengthMs: 10_000,
  requestsPerSecond: 1234.5,
  p50Ns: 1e6,
  p99Ns: 4e6,
  errors: 0,
};

/** What a terminal that knows these few sequences shows in the end, a line for each row. */
function shownBy(written: readonly string[]): readonly string[] {
  const rows = [""];
  let row = 0;
  let column = 0;
  const tokens = /\u001b\[(\d*)([AJK])|(\r)|(\n)|([^\u001b\r\n])/gu;
  for (const [, count, sequence, carriageReturn, lineBreak, character] of written.join("").matchAll(tokens)) {
    if (sequence === "A") row = Math.max(0, row - Number(count));
    if (sequence === "J") rows.splice(row, rows.length, (rows[row] ?? "").slice(0, column));
    if (sequence === "K") rows[row] = "";
    if (carriageReturn) column = 0;
    if (lineBreak) {
      row++;
      column = 0;
      rows[row] ??= "";
    }
    if (character) {
      rows[row] = (rows[row] ?? "").slice(0, column) + character + (rows[row] ?? "").slice(column + 1);
      column++;
    }
  }
  return rows;
}

describe("progress", () => {
  test("outside a terminal is whole lines only, without control characters", () => {
    const to = stream(false);
    const progress = createProgress(to, {});
    progress.step("1 of 2");
    progress.line("fail  v2-rest/\u001b[31mx\ny");
    progress.load(view);
    progress.end();
    expect(to.written).toEqual(["fail  v2-rest/ [31mx y\n"]);
  });

  test("on a terminal rewrites one line, cut to its width, and leaves none behind", () => {
    const to = stream(true);
    const progress = createProgress(to, {});
    progress.step("a step that is longer than the terminal is wide");
    progress.line("fail");
    expect(shownBy(to.written)).toEqual(["fail", "a step that is long"]);
    progress.end();
    expect(shownBy(to.written)).toEqual(["fail", ""]);
  });

  test("on a terminal shows load in several lines, below what stays, and leaves none behind", () => {
    const to = stream(true, 60);
    const progress = createProgress(to, {});
    progress.line("before");
    progress.load(view);
    progress.line("between\u001b[2J");
    const rows = shownBy(to.written);
    expect(rows.slice(0, 3)).toEqual(["before", "between [2J", "v2-rest json"]);
    expect(rows).toContain("latency   p50 1.00 ms  p99 4.00 ms");
    expect(rows).toContain("errors    0");
    expect(rows.at(-1)).toBe("");
    progress.end();
    expect(shownBy(to.written)).toEqual(["before", "between [2J", ""]);
  });

  test("finds its lines again when the terminal has become narrower and wrapped them", () => {
    const to = stream(true, 81);
    const progress = createProgress(to, {});
    progress.load({ ...view, plan: "x".repeat(80) });
    to.columns = 41;
    progress.end();
    // Two rows for the line of 80, two for the bar, one for each other.
    expect(to.written.at(-1)).toBe("\u001b[8A\r\u001b[J");
  });

  test.each([
    ["where one line is wanted", { oneLine: true }, 40],
    ["where the terminal is low", {}, 8],
  ])("shows load in one line %s", (_, options, rows) => {
    const to = stream(true, 200, rows);
    const progress = createProgress(to, options);
    progress.load({ ...view, points: 3, latenessP99Ns: 2e5 });
    expect(shownBy(to.written)).toEqual([
      "point 1 of 3 (8 in flight, batch 1), measuring 5 s of 10 s, 1235 answers/s, p50 1.00 ms  p99 4.00 ms, 200 µs late at p99, 0 errors",
    ]);
  });

  test("says nothing when it shall be quiet, and rewrites nothing when it shall be plain", () => {
    const to = stream(true);
    for (const options of [{ quiet: true }, { plain: true }]) {
      const progress = createProgress(to, options);
      progress.step("a");
      progress.load(view);
      if (options.quiet) progress.line("b");
      progress.end();
    }
    expect(to.written).toEqual([]);
  });

  test.each([
    [{ CI: "true" }, true],
    [{ CI: "1" }, true],
    [{ TERM: "dumb" }, true],
    [{ CI: "false" }, false],
    [{ TERM: "xterm" }, false],
    [{}, false],
  ])("a terminal with %j is plain: %s", (env, expected) => {
    expect(isPlainTerminal(env)).toBe(expected);
  });
});

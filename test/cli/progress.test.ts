import { describe, expect, test } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 20, written, write: (text: string) => written.push(text) };
}

describe("progress", () => {
  test("outside a terminal is whole lines only, without control characters", () => {
    const to = stream(false);
    const progress = createProgress(to, false);
    progress.step("1 of 2");
    progress.line("fail  v2-rest/\u001b[31mx\ny");
    progress.end();
    expect(to.written).toEqual(["fail  v2-rest/ [31mx y\n"]);
  });

  test("on a terminal rewrites one line, cut to its width, and leaves none behind", () => {
    const to = stream(true);
    const progress = createProgress(to, false);
    progress.step("a step that is longer than the terminal is wide");
    progress.line("fail");
    progress.end();
    expect(to.written).toEqual([
      "\r\u001b[2Ka step that is long",
      "\r\u001b[2Kfail\n",
      "\r\u001b[2Ka step that is long",
      "\r\u001b[2K",
    ]);
  });

  test("says nothing when it shall be quiet", () => {
    const to = stream(true);
    const progress = createProgress(to, true);
    progress.step("a");
    progress.line("b");
    progress.end();
    expect(to.written).toEqual([]);
  });
});

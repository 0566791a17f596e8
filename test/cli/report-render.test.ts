import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { render } from "../../src/cli/commands/report.ts";
import { REPORT_FORMATS } from "../../src/cli/report-formats.ts";
import { assemble, serialize } from "../../src/result/index.ts";
import { observations, options } from "../result/sample-run.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

let cwd: string;
let document: string;
beforeAll(() => {
  cwd = scratchFolder();
  document = join(cwd, "result.json");
  writeFileSync(document, serialize(assemble(observations, options)));
  mkdirSync(join(cwd, "a-folder"));
});

const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  html: /^<!doctype html>/i,
  junit: /^<\?xml .*\n<testsuites>/,
  markdown: /^## Example Serving/,
  "pr-comment": /^<!-- infermark: default -->/,
  github: /^::error title=/,
  "badge-json": /^\{"schemaVersion":1,/,
  "badge-svg": /^<svg /,
  prometheus: /^# HELP infermark_run_info /,
  csv: /^run,point,model,/,
  "csv-windows": /^run,point,start_ms,/,
  hlog: /^#\[Logged with infermark /,
};

describe("infermark report render", () => {
  test.each(Object.keys(REPORT_FORMATS))("writes %s to a file", async (format) => {
    const out = join(cwd, `as-${format}`);
    expect(await render(document, { format, out })).toBe(0);
    expect(readFileSync(out, "utf8")).toMatch(BEGINNINGS[format] as RegExp);
  });

  test("names every format in its help", async () => {
    const { stdout } = await runCli(["report", "render", "--help"]);
    for (const format of Object.keys(REPORT_FORMATS)) expect(stdout.replaceAll(/\s+/g, " ")).toContain(format);
  });

  test("prints it where no file is named, with the link, the name and what changed in a comment", async () => {
    const more = ["--against", "result.json", "--link", "https://ci.example.com/7", "--id", "gpu"];
    const { code, stdout } = await runCli(["report", "render", "result.json", "--format", "pr-comment", ...more], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!-- infermark: gpu -->/);
    expect(stdout).toContain("**Nothing got worse**");
    expect(stdout).toContain("[Report](https://ci.example.com/7)");
  });

  test.each([
    [{ format: "pdf" }, /"pdf"/],
    [{ link: "https://x" }, /--link belongs to a comment/],
    [{ format: "csv", against: "result.json" }, /--against belongs to a comment/],
    [{ format: "pr-comment", link: "javascript:x" }, /is no http or https address/],
  ])("refuses %j", async (flags, message) => {
    await expect(render(document, flags)).rejects.toThrow(message);
  });

  test("says that a file cannot be written", async () => {
    await expect(render(document, { format: "csv", out: join(cwd, "a-folder") })).rejects.toThrow(/cannot be written/);
  });
});

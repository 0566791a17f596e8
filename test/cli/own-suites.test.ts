import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ResultDocument } from "../../src/result/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";
import { type SmallServer, serveHttp } from "./servers.ts";

const ACME = fileURLToPath(new URL("own-suite/suite.js", import.meta.url));

let acme: SmallServer;
beforeAll(async () => {
  acme = await serveHttp((request, response) => response.writeHead(request.url === "/acme/health" ? 200 : 404).end());
});
afterAll(() => acme.close());

/** A folder with an infermark.yaml that names the target and these modules. */
function folderWith(...modules: readonly string[]): string {
  const cwd = scratchFolder();
  const lines = [`rest: ${acme.url}`, "model: m", `suites: ${JSON.stringify(modules)}`];
  writeFileSync(join(cwd, "infermark.yaml"), `${lines.join("\n")}\n`);
  return cwd;
}

describe("a suite of one's own", () => {
  test("runs beside the published ones, is reported, and is replayed", async () => {
    const cwd = folderWith(ACME);
    const { code, stdout } = await runCli(["conformance"], { cwd });
    expect(code, stdout).toBe(0);
    const file = join("infermark-report", "result.json");
    const { conformance } = JSON.parse(readFileSync(join(cwd, file), "utf8")) as ResultDocument;
    const claimed = conformance?.suites.filter((suite) => suite.claimed) ?? [];
    expect(claimed.map(({ id }) => id)).toEqual(["acme"]);
    expect(claimed[0]?.checks).toMatchObject([{ id: "acme/health-answers-200", outcome: "pass" }]);
    const replayed = await runCli(["replay", file, "--offline"], { cwd });
    expect(replayed.stdout).toContain("1 verdicts reached again");
    expect(replayed.code).toBe(0);
  });

  test("is found by its ids", async () => {
    const { code, stderr } = await runCli(["conformance", "--check", "acme/health-answer-200"], {
      cwd: folderWith(ACME),
    });
    expect(stderr).toContain('did you mean "acme/health-answers-200"?');
    expect(code).toBe(2);
  });

  test.each([
    ["does not exist", undefined, "there is no such file"],
    ["exports no suite", "export default { id: 'x' };", "no suite"],
    ["breaks while it is read", "throw new Error('half written');", "half written"],
  ])("in a module that %s ends the run with exit 2", async (_, source, said) => {
    const cwd = folderWith("mine.mjs");
    if (source !== undefined) writeFileSync(join(cwd, "mine.mjs"), source);
    const { code, stderr } = await runCli(["conformance"], { cwd });
    expect(stderr).toContain(said);
    expect(stderr).toContain("mine.mjs");
    expect(code).toBe(2);
  });

  test("cannot take an id that is taken", async () => {
    const { code, stderr } = await runCli(["conformance"], { cwd: folderWith(ACME, ACME) });
    expect(stderr).toContain('the suite id "acme" is taken');
    expect(code).toBe(2);
  });
});

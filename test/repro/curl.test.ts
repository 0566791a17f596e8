import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf } from "#kit";
import { suites } from "../../suites/index.ts";
import {
  decisiveOf,
  type FailingRun,
  type Found,
  failingRun,
  isFound,
  mediaTypeOf,
  settled,
  showsTheFault,
} from "./failing-runs.ts";
import { runScript } from "./shell.ts";
import { isReplayed, REPLAYED } from "./single-request.ts";

const AT_ONCE = 6;
const MINUTES = 60_000;
const overRest = suites.filter(({ suite }) => suite.transport !== "grpc");

/** curl reads on where an answer says its length in two ways; both stand in the head that it prints. */
const READ_ON = "v2-rest:length-beside-chunks";

beforeAll(() => {
  try {
    execFileSync("curl", ["--version"]);
  } catch (cause) {
    throw new Error("these tests run the commands of the reports, and there is no curl", { cause });
  }
});

interface Answer {
  readonly exitCode: number;
  readonly head: string;
  readonly status: number;
  readonly mediaType: string | undefined;
  readonly body: Buffer;
}

/** What `curl -i` printed. */
function readAnswer(folder: string, index: number): Answer {
  const output = readFileSync(join(folder, `${index}.out`));
  const end = output.indexOf("\r\n\r\n");
  const head = output.subarray(0, Math.max(0, end)).toString("latin1");
  return {
    exitCode: Number(readFileSync(join(folder, `${index}.code`), "utf8")),
    head,
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    mediaType: /^content-type: (.*)$/im.exec(head)?.[1],
    body: output.subarray(end + 4),
  };
}

function differs(found: Found, { exitCode, head, status, mediaType, body }: Answer): boolean {
  const seen = decisiveOf(found);
  if (found.mutant === READ_ON) return !/^content-length: /im.test(head) || !/^transfer-encoding: /im.test(head);
  // A server that drops the connection drops that of curl, too.
  if (seen.failure) return exitCode === 0;
  return (
    exitCode !== 0 ||
    status !== seen.head?.status ||
    mediaType !== mediaTypeOf(seen) ||
    Buffer.compare(settled(body, seen.request), settled(bodyOf(seen), seen.request)) !== 0
  );
}

describe.each(overRest.map((entry) => [entry.suite.id, entry] as const))("the curl lines of %s", (_, entry) => {
  const runs: FailingRun[] = [];
  let all: readonly Found[] = [];
  let answers: ReadonlyMap<Found, Answer> = new Map();

  beforeAll(async () => {
    for (const mutant of entry.mutants) runs.push(await failingRun(entry, mutant));
    all = runs.flatMap(({ found }) => found);
    // A command must show the fault on a server that nobody has asked anything.
    for (const run of runs) await run.restart();
    const withCurl = all.filter(({ check }) => check.repro?.curl !== undefined);
    const lines = withCurl.map(
      ({ check }, index) =>
        `{ ( ${check.repro?.curl} ) > ${index}.out; echo $? > ${index}.code; } &${index % AT_ONCE === AT_ONCE - 1 ? "\nwait" : ""}`,
    );
    const folder = await runScript([...lines, "wait"]);
    answers = new Map(withCurl.map((found, index) => [found, readAnswer(folder, index)]));
  }, 4 * MINUTES);
  afterAll(async () => {
    await Promise.all(runs.map((run) => run.close()));
  });

  const names = (which: readonly Found[]) => which.map(({ mutant, check }) => `${mutant}: ${check.id}`);

  test("are there for every failure that a single request shows", () => {
    expect(all.length).toBeGreaterThanOrEqual(entry.mutants.length);
    expect(names(all.filter(({ result }) => !isFound(result)))).toEqual([]);
    const without = all.filter(({ check: { repro } }) => repro?.curl === undefined && repro?.grpcurl === undefined);
    expect(without.filter(({ check }) => check.repro?.replay !== `infermark replay result.json ${check.id}`)).toEqual(
      [],
    );
    // curl throws away what comes after the end of an answer.
    const shown = without.filter((found) => !isReplayed(found.check.id) && !decisiveOf(found).surplus);
    expect(names(shown)).toEqual([]);
    const listed = Object.keys(REPLAYED).filter((id) => id.startsWith(`${entry.suite.id}/`));
    expect(listed.filter((id) => !without.some(({ check }) => check.id === id))).toEqual([]);
  });

  test("get the answer that the check failed on", () => {
    expect(answers.size > 0).toBe(entry.suite.transport === "rest");
    expect(names([...answers].filter(([found, answer]) => differs(found, answer)).map(([found]) => found))).toEqual([]);
  });

  test("show the fault: a correct runtime answers them otherwise", async () => {
    const silent: Found[] = [];
    for (const found of answers.keys()) if (!(await showsTheFault(found))) silent.push(found);
    expect(names(silent)).toEqual([]);
  });
});

/**
 * Is a client that gets a twentieth of a core ever believed? Each run loads the reference runtime, and is held to 5 % of one core by a
 * control group from the moment the load begins until it should have ended.
 * npx tsx --conditions=source bench/load/throttled.ts [runs]
 * Needs a control group hierarchy (version 1 or 2) that may be written to.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startReferenceProcess } from "../../src/cli/reference-process/start.ts";
import type { ResultDocument } from "../../src/result/index.ts";

const launcher = fileURLToPath(new URL("../../bin/infermark.js", import.meta.url));
const QUOTA_US = 5_000;
const PERIOD_US = 100_000;
const LOADS = [
  ["closed loop, 8 in flight", "--concurrency", "8"],
  ["closed loop, 1 in flight", "--concurrency", "1"],
  ["open loop, 500/s", "--rate", "500"],
] as const;

/** A control group whose processes get a twentieth of a core. */
function throttle(): { hold: (pid: number) => void; release: (pid: number) => void; close: () => void } {
  const version2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const root = version2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
  const group = join(root, `infermark-bench-${process.pid}`);
  const members = "cgroup.procs";
  mkdirSync(group);
  if (version2) writeFileSync(join(group, "cpu.max"), `${QUOTA_US} ${PERIOD_US}`);
  else {
    writeFileSync(join(group, "cpu.cfs_period_us"), String(PERIOD_US));
    writeFileSync(join(group, "cpu.cfs_quota_us"), String(QUOTA_US));
  }
  return {
    hold: (pid) => writeFileSync(join(group, members), String(pid)),
    release: (pid) => writeFileSync(join(root, members), String(pid)),
    close: () => rmdirSync(group),
  };
}

const runs = Number(process.argv[2] ?? 20);
const group = throttle();
const reference = await startReferenceProcess();
await reference.setLaw("2ms");
let believed = 0;
try {
  for (let run = 0; run < runs; run++) {
    const [name, ...load] = LOADS[run % LOADS.length] as (typeof LOADS)[number];
    const cwd = mkdtempSync(join(tmpdir(), "throttled-"));
    const args = ["load", "--rest", reference.rest, "--protocol", "v2-rest", ...load];
    const child = spawn(process.execPath, [launcher, ...args, "--warmup", "1s", "--duration", "5s"], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    let said = "";
    await new Promise<void>((resolve) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString("utf8");
        if (said.includes("load: v2-rest")) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
    });
    group.hold(child.pid as number);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    if (child.exitCode === null) group.release(child.pid as number);
    await ended;
    const document = JSON.parse(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8")) as ResultDocument;
    const [point] = document.load?.runs[0]?.points ?? [];
    if (point?.validity.valid) believed++;
    const codes = point?.validity.problems.map(({ code }) => code).join(", ");
    console.log(
      `${run + 1}: ${name}: ${point?.counts.ok} answers, ${point?.validity.valid ? "VALID" : `invalid: ${codes}`}`,
    );
    rmSync(cwd, { recursive: true });
  }
} finally {
  reference.close();
  group.close();
}
console.log(`${believed} of ${runs} throttled runs were called valid`);
process.exitCode = believed === 0 ? 0 : 1;

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { renderHtml } from "../src/report/index.ts";
import { serialize } from "../src/result/index.ts";
import { fullSuite, hourOfLoad, loadOnly, sweepOf60Points } from "../test/report/large-documents.ts";

// How long a page takes to render and how large it is: a full suite with a sweep of 60 points, and an hour of load. The first time
// loads the charting library. Then how long the whole command takes, which writes all reports, in a process of its own.
const documents = {
  "full suite and 60 points": { ...fullSuite(), load: { runs: sweepOf60Points() } },
  "an hour of load": loadOnly([hourOfLoad()]),
};

for (const [name, document] of Object.entries(documents)) {
  for (const time of ["first", "again"]) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const page = await renderHtml(document);
    const { user, system } = process.cpuUsage(cpu);
    const sizes = `document ${Buffer.byteLength(serialize(document))} bytes, page ${Buffer.byteLength(page)} bytes`;
    console.log(
      `${name}, ${time}: ${Math.round(performance.now() - began)} ms, ${Math.round((user + system) / 1000)} ms of processor time; ${sizes}`,
    );
  }
}

const launcher = fileURLToPath(new URL("../bin/infermark.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "infermark-bench-"));
for (const [name, document] of Object.entries(documents)) {
  const file = join(folder, "result.json");
  writeFileSync(file, serialize(document));
  for (const time of [1, 2, 3]) {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, [launcher, "report", "render", file, "--out", join(folder, "out")]);
    console.log(`${name}, command, ${time}: ${Math.round(performance.now() - began)} ms, exit code ${status}`);
  }
}
rmSync(folder, { recursive: true });

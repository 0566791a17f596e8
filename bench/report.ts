import { performance } from "node:perf_hooks";
import { renderHtml } from "../src/report/index.ts";
import { serialize } from "../src/result/index.ts";
import { fullSuite, hourOfLoad, loadOnly, sweepOf60Points } from "../test/report/large-documents.ts";

// How long a page takes to render and how large it is: a full suite with a sweep of 60 points, and an hour of load. The first time
// loads the charting library.
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

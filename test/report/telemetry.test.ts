import { describe, expect, test } from "vitest";
import { renderConsole, renderHtml, renderMarkdown } from "../../src/report/index.ts";
import { assemble, type LoadPoint, type ResultDocument, type Series } from "../../src/result/index.ts";
import { observations, options } from "../result/sample-run.ts";

const line = (id: string, change: Partial<Series>): Series => ({
  id,
  title: id,
  unit: "count",
  source: "http://127.0.0.1:8002/metrics",
  points: [
    { atMs: 0, value: 0 },
    { atMs: 1000, value: 500 },
    { atMs: 3000, value: 900 },
  ],
  ...change,
});

/** The sample run with one load point of which this was seen. */
function observed(seen: Partial<LoadPoint>): ResultDocument {
  const document = structuredClone(assemble(observations, options));
  const [run] = document.load?.runs ?? [];
  const point = run?.points.find(({ validity }) => validity.valid);
  if (!run || !point) throw new Error("the sample run has no valid load point");
  run.points = [{ ...point, ...seen }];
  if (document.load) document.load.runs = [run];
  return document;
}

const plain = { color: false, columns: 400 };

const full: Partial<LoadPoint> = {
  server: { cpuMs: 500, inferencesPerCoreSecond: 1234.56 },
  gpu: { source: "nvidia-smi", busy: 2, inferencesPerGpuSecond: 1000, meanWatts: 400, joulesPerInference: 0.2 },
  serverSide: [
    {
      source: "prometheus:triton",
      requests: 10,
      meanNs: 5e6,
      clientMeanNs: 6e6,
      overheadNs: 1e6,
      effectiveBatch: 7.5,
      stages: [{ stage: "queue", meanNs: 2e6 }],
    },
  ],
  telemetry: {
    series: [
      line("procfs/cpu", { title: "Processor time of the server", unit: "ms", counter: true, role: "server-cpu" }),
      line("nvidia-smi/0/power", { title: "GPU power", unit: "watts", labels: { gpu: "GPU-0", index: "0" } }),
    ],
    unavailable: [{ collector: "cgroup", reason: "There is none." }],
    missed: [{ collector: "prometheus:triton", count: 3, firstMs: 1000, lastMs: 3000, reason: "It was gone." }],
    changes: [{ collector: "prometheus:triton", metric: 'x{a="<b>"}', count: 3, sum: 1.5 }],
  },
};

const SENTENCES = [
  "1235 inferences per second and server core",
  "1000 inferences per second and GPU (2 busy, nvidia-smi)",
  "0.2 J per inference (nvidia-smi, idle power not taken off)",
  "prometheus:triton: counted 10 requests, 9292 were sent",
  "prometheus:triton: 5.00 ms mean at the server (queue 2.00 ms), 1.00 ms more at the client",
  "prometheus:triton: 7.5 inferences per executed batch",
  "prometheus:triton missed 3 readings from 1.0 s to 3.0 s: It was gone.",
];

describe("what collectors saw", () => {
  test("is told on the console, in Markdown and on the page", async () => {
    const document = observed(full);
    const page = await renderHtml(document);
    const markdown = renderMarkdown(document).replaceAll("&#40;", "(").replaceAll("&#41;", ")");
    for (const sentence of SENTENCES) {
      expect(renderConsole(document, plain)).toContain(sentence);
      expect(markdown).toContain(sentence);
      expect(page).toContain(sentence);
    }
    expect(page).toContain("Not observed: cgroup: There is none.");
    expect(page).toContain("x{a=&quot;&lt;b&gt;&quot;}");
  });

  test("is drawn over time, and only what was seen", async () => {
    const page = await renderHtml(observed(full));
    for (const title of ["Processor cores in use", "GPU power"]) expect(page).toContain(`aria-label="${title}: `);
    for (const title of ["Memory", "GPU clocks", "GPU utilisation"])
      expect(page).not.toContain(`aria-label="${title}: `);
  });

  test("a line breaks where readings were missed", async () => {
    const points = [0, 1000, 2000, 3000, 4000, 5000].map((atMs) => ({ atMs, value: 7 + atMs }));
    const pathsWith = async (gaps: Series["gaps"]) => {
      const power = line("nvidia-smi/0/power", { title: "GPU power", unit: "watts", points, ...(gaps && { gaps }) });
      const page = await renderHtml(observed({ durationMs: 5000, telemetry: { series: [power], unavailable: [] } }));
      const [, after = ""] = page.split('aria-label="GPU power: ');
      const [chart = ""] = after.split("</svg>");
      return [...chart.matchAll(/<path d="([^"]*)" fill="none"[^>]*stroke-width="2"|<path[^>]*stroke-width="2"[^>]*>/g)]
        .map(([path]) => [...path.matchAll(/M/g)].length)
        .reduce((sum, moves) => sum + moves, 0);
    };
    const whole = await pathsWith(undefined);
    expect(whole).toBeGreaterThan(0);
    expect(await pathsWith([{ fromMs: 2500, toMs: 2600 }])).toBe(whole + 1);
  });

  test("an invalid measurement tells no rates", () => {
    const validity = { valid: false, problems: [{ code: "errors", evidence: "many" }], evidence: [] };
    const text = renderConsole(observed({ ...full, validity }), plain);
    expect(text).not.toContain("inferences per second");
    expect(text).toContain("mean at the server");
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { growthOf, sumOf } from "../../interop/exporters/by-hand.ts";
import { observe, prometheus, type Series } from "../../src/telemetry/index.ts";
import { exporter } from "./exporter.ts";

const data = (name: string) => readFileSync(new URL(`data/${name}`, import.meta.url), "utf8");

/** What one endpoint shows that exposes `before` before the phase and `after` at its end. */
async function shown(before: string, after: string, model?: string) {
  const asked = await exporter((n, response) => response.end(n < 2 ? before : after));
  const observation = await observe([prometheus({ name: "x", url: asked.url, ...(model !== undefined && { model }) })]);
  observation.begin();
  const observed = await observation.end();
  const lastOf = (id: string) => observed.series.find((each) => each.id === `prometheus:x/${id}`)?.points.at(-1)?.value;
  return { ...observed, lastOf, url: asked.url };
}

/** The sum of the values of all lines that begin so: what one who greps would come to. */
function byHand(text: string, ...starts: readonly string[]): number {
  const lines = text.split("\n").filter((line) => starts.some((start) => line.startsWith(start)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

const ofRole = (series: readonly Series[], wanted: string) => series.filter(({ role }) => role === wanted);

describe("Prometheus endpoints", () => {
  test("Triton's counters grew by what the two expositions differ in", async () => {
    const [before, after] = [data("triton-before.txt"), data("triton-after.txt")];
    const { series, lastOf, url } = await shown(before, after, "identity_fp32");
    const labels = '{model="identity_fp32",version="1"}';
    expect(lastOf(`nv_inference_request_success${labels}`)).toBe(
      byHand(after, "nv_inference_request_success{") - byHand(before, "nv_inference_request_success{"),
    );
    expect(lastOf(`nv_inference_queue_duration_us${labels}`)).toBeCloseTo(
      (byHand(after, "nv_inference_queue_duration_us{") - byHand(before, "nv_inference_queue_duration_us{")) / 1000,
      6,
    );
    expect(ofRole(series, "requests-failed").map(({ points }) => points.at(-1)?.value)).toEqual([0]);
    expect(series.every(({ source }) => source === url)).toBe(true);
  });

  test("MLServer counts from 0 what it had not exposed before, and other totals are told beside", async () => {
    const { series, changes } = await shown(data("mlserver-before.txt"), data("mlserver-after.txt"));
    expect(ofRole(series, "request-count").map(({ points }) => points.map(({ value }) => value))).toEqual([[0, 1210]]);
    expect(ofRole(series, "request-time")[0]?.points.at(-1)?.value).toBeCloseTo(338.7667730175963, 6);
    const infer = changes?.find(
      ({ metric }) => metric.startsWith("rest_server_request_duration_seconds{") && metric.includes("/infer"),
    );
    expect(infer?.count).toBe(1210);
    expect(infer?.sum).toBeGreaterThan(0);
    expect(changes?.some(({ metric }) => metric.includes("_bucket"))).toBe(false);
  });

  test("node_exporter: processor time of all cores but idle, as it would be summed by hand", async () => {
    const text = data("node-exporter.txt");
    const later = text.replace(/(node_cpu_seconds_total\{cpu="0",mode="(?:user|idle)"\}) .*/g, "$1 1e6");
    const busy = (of: string) =>
      byHand(of, "node_cpu_seconds_total{") -
      ["idle", "iowait", "steal"].reduce(
        (sum, mode) =>
          sum +
          of
            .split("\n")
            .filter((line) => line.includes(`mode="${mode}"`))
            .reduce((all, line) => all + byHand(line, "node_cpu_seconds_total{"), 0),
        0,
      );
    const { lastOf } = await shown(text, later);
    expect(lastOf("node_cpu_seconds_total")).toBeCloseTo((busy(later) - busy(text)) * 1000, 3);
    expect(lastOf("node_memory_MemAvailable_bytes")).toBe(byHand(text, "node_memory_MemAvailable_bytes"));
  });

  test("node_exporter: what two real expositions differ in is what is told", async () => {
    const both = [data("node-exporter-before.txt"), data("node-exporter-after.txt")] as const;
    const { lastOf, changes } = await shown(...both);
    const idle = ['mode="idle"', 'mode="iowait"', 'mode="steal"'];
    expect(lastOf("node_cpu_seconds_total")).toBeCloseTo(1000 * growthOf(both, "node_cpu_seconds_total", [], idle), 3);
    expect(lastOf("node_cpu_seconds_total")).toBeGreaterThan(1000);
    expect(lastOf("node_memory_MemAvailable_bytes")).toBe(sumOf(both[1], "node_memory_MemAvailable_bytes"));
    expect(changes).toEqual([
      {
        collector: "prometheus:x",
        metric: "node_context_switches_total",
        count: growthOf(both, "node_context_switches_total"),
      },
    ]);
  });

  test("DCGM: units are made ours, and what it does not know is absent", async () => {
    const { series, lastOf } = await shown(data("dcgm.txt"), data("dcgm.txt"));
    expect(lastOf('DCGM_FI_DEV_GPU_UTIL{UUID="GPU-0"}')).toBeCloseTo(0.87, 9);
    expect(lastOf('DCGM_FI_DEV_FB_USED{UUID="GPU-0"}')).toBe(10240 * 2 ** 20);
    expect(lastOf('DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0"}')).toBe(300.5);
    expect(lastOf('DCGM_FI_DEV_GPU_TEMP{UUID="GPU-1"}')).toBeUndefined();
    expect(ofRole(series, "gpu-power").map(({ labels }) => labels?.["gpu"])).toEqual(["GPU-0", "GPU-1"]);
  });

  test("what NVML tells of a real GPU under DCGM's names is read with its units", async () => {
    const exposition = data("nvml-as-dcgm-h200.txt");
    const { lastOf } = await shown(exposition, exposition);
    const gpu = '{UUID="GPU-09c53db1-eaae-d5f6-7f6e-a49b13c4114f"}';
    expect(lastOf(`DCGM_FI_DEV_GPU_UTIL${gpu}`)).toBe(0.5);
    expect(lastOf(`DCGM_FI_DEV_POWER_USAGE${gpu}`)).toBe(273.784);
    expect(lastOf(`DCGM_FI_DEV_MEM_CLOCK${gpu}`)).toBe(3201);
    expect(lastOf(`DCGM_FI_DEV_FB_USED${gpu}`)).toBe(3543 * 2 ** 20);
  });

  test.each([
    ["triton-gpu.txt", 'nv_gpu_power_usage{gpu_uuid="GPU-0"}', 300.5],
    ["triton-gpu.txt", 'nv_gpu_utilization{gpu_uuid="GPU-0"}', 0.87],
    ["vllm.txt", 'vllm:num_requests_waiting{engine="0",model_name="m"}', 1],
    ["vllm.txt", 'vllm:kv_cache_usage_perc{engine="0",model_name="m"}', 0.25],
  ])("%s: %s", async (file, id, value) => {
    const { lastOf } = await shown(data(file), data(file), "m");
    expect(lastOf(id)).toBe(value);
  });

  test.each([
    ["kserve.txt", { "stage-count": 300, "stage-time": 1550 }],
    ["torchserve.txt", { "request-count": 100, "stage-time": 300 }],
    ["vllm.txt", { "request-count": 100, "request-time": 200_000 }],
  ])("%s: what was counted of the model and of no other", async (file, sums) => {
    const { series } = await shown("", data(file), "m");
    for (const [role, sum] of Object.entries(sums)) {
      const values = ofRole(series, role).map(({ points }) => points.at(-1)?.value ?? Number.NaN);
      expect(values.reduce((all, value) => all + value, 0)).toBeCloseTo(sum, 6);
    }
  });

  test("a value that is no number is a gap", async () => {
    const { series } = await shown("process_resident_memory_bytes 5\n", "process_resident_memory_bytes NaN\n");
    expect(series.map(({ points, gaps }) => [points.length, gaps?.length])).toEqual([[1, 1]]);
  });

  test("a counter among the other totals that went back is left out", async () => {
    const { changes } = await shown(
      "# TYPE a counter\na 5\nb 1\n",
      "# TYPE a counter\n# TYPE c counter\na 3\nb 9\nc 2\n",
    );
    expect(changes).toEqual([{ collector: "prometheus:x", metric: "c", count: 2 }]);
  });

  test.each([
    [
      "an answer that is no exposition",
      200,
      "<html>",
      /^line 1 of the metrics does not begin with a name: nothing is read from http/,
    ],
    ["an error", 503, "", /answers with status 503: nothing is read from http/],
  ])("%s is said in a sentence", async (_, status, body, reason) => {
    const bad = await exporter((_n, response) => response.writeHead(status).end(body));
    expect(await prometheus({ name: "x", url: bad.url }).unavailable()).toMatch(reason);
  });

  test("credentials in a URL are used and not shown", async () => {
    const asked = await exporter((_n, response) => response.writeHead(401).end());
    const reason = await prometheus({ name: "x", url: asked.url.replace("//", "//me:secret@") }).unavailable();
    expect(reason).toContain("answers with status 401");
    expect(reason).not.toContain("secret");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import { extractDocument } from "../../src/report/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

const PASSWORD = "hunter2-of-metrics";
const TOKEN = "tok-3f9c/a+b";
const ENCODED = encodeURIComponent(TOKEN);

let reference: RunningReference;
const asked: { readonly url: string; readonly authorization: string }[] = [];
/** Answers twice, then refuses, and repeats in its labels what it was asked with. */
const exporter = createServer((request, response) => {
  const n = asked.push({ url: request.url ?? "", authorization: request.headers.authorization ?? "" });
  if (n > 2) response.writeHead(401).end();
  else response.end(`# TYPE asked counter\nasked{with="${request.url ?? ""}"} ${n}\nprocess_cpu_seconds_total ${n}\n`);
});
beforeAll(async () => {
  reference = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e6 });
  await new Promise<void>((done) => exporter.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  exporter.close();
  await reference.close();
});

function everythingIn(folder: string): string {
  const files = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const texts = files.map(({ name, bytes }) => (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
  const page = files.findIndex(({ name }) => name === "index.html");
  return [...texts, extractDocument(texts[page] ?? "")].join("\n");
}

describe("credentials in --metrics-url", () => {
  test.each([
    ["as an argument of its own", (url: string) => ["--metrics-url", `server=${url}`]],
    ["joined to its flag", (url: string) => [`--metrics-url=server=${url}`]],
  ])("%s are used, and are in no report and on no terminal", async (_, flags) => {
    asked.length = 0;
    const out = join(scratchFolder(), "report");
    const { port } = exporter.address() as AddressInfo;
    const url = `http://scraper:${PASSWORD}@127.0.0.1:${port}/metrics?token=${ENCODED}&format=text`;
    const load = ["--protocol", "v2-rest", "--concurrency", "1", "--duration", "300ms", "--warmup", "0ms"];
    const { code, stdout, stderr } = await runCli([
      "load",
      "--rest",
      reference.restUrl as string,
      "--model",
      "identity_fp32",
      ...load,
      "--out",
      out,
      ...flags(url),
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(asked[0]).toEqual({
      url: `/metrics?token=${ENCODED}&format=text`,
      authorization: `Basic ${Buffer.from(`scraper:${PASSWORD}`).toString("base64")}`,
    });
    const written = everythingIn(out);
    expect(written).toContain(`http://127.0.0.1:${port}/metrics?token=[redacted]&format=text`);
    expect(written).toMatch(/prometheus:server missed \d+ readings? from .* answers with status 401/);
    for (const secret of [PASSWORD, TOKEN, ENCODED, "scraper:"]) {
      expect(written).not.toContain(secret);
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("are not repeated where the option cannot be read", async () => {
    const { code, stderr } = await runCli([
      "load",
      "--rest",
      "http://127.0.0.1:1",
      "--metrics-url",
      `http://me:${PASSWORD}@127.0.0.1/metrics?token=${ENCODED}`,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("is not NAME=URL");
    expect(stderr).not.toContain(PASSWORD);
    expect(stderr).not.toContain(ENCODED);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { baselineOptions, publish } from "../../interop/publish.ts";

const runtime = { id: "some", version: "1.2" };

let out = "";
let root = "";
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "infermark-out-"));
  root = mkdtempSync(join(tmpdir(), "infermark-root-"));
  mkdirSync(join(root, "reports", "runtimes", "some"), { recursive: true });
  mkdirSync(join(root, "test", "recordings"), { recursive: true });
});
afterEach(() => {
  for (const folder of [out, root]) rmSync(folder, { recursive: true });
});

describe("publishing a run", () => {
  test("puts the result and the recording under the version, and names both", () => {
    writeFileSync(join(out, "result.json"), "the result");
    writeFileSync(join(out, "transcripts.ndjson.gz"), "the transcripts");
    const written = publish(runtime, out, root);
    expect(written.map((path) => path.split(/[\\/]/).slice(-2).join("/"))).toEqual([
      "some/1.2.json",
      "recordings/some-1.2.ndjson.gz",
    ]);
    expect(readFileSync(join(root, "reports/runtimes/some/1.2.json"), "utf8")).toBe("the result");
    expect(readFileSync(join(root, "test/recordings/some-1.2.ndjson.gz"), "utf8")).toBe("the transcripts");
  });

  test("throws when the run left no result", () => {
    expect(() => publish(runtime, out, root)).toThrow("ENOENT");
  });

  test("judges with the known failures of the runtime, where it has some", () => {
    expect(baselineOptions({ id: "mlserver" })).toEqual(["--baseline", "reports/runtimes/mlserver/known-failing.yaml"]);
    expect(baselineOptions(runtime)).toEqual([]);
  });
});

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cgroup, observe } from "../../src/telemetry/index.ts";
import { afterwards } from "./exporter.ts";

const data = fileURLToPath(new URL("data", import.meta.url));

function emptyFolder(): string {
  const root = mkdtempSync(join(tmpdir(), "cgroup-"));
  afterwards(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A made-up machine on which process 42 is in `theirs` and this one in `ours`. */
function machine(theirs: string, ours: string) {
  const procRoot = emptyFolder();
  for (const [name, text] of [
    ["42", theirs],
    ["self", ours],
  ] as const) {
    mkdirSync(join(procRoot, name));
    writeFileSync(join(procRoot, name, "cgroup"), text);
  }
  return { procRoot, cgroupRoot: emptyFolder() };
}

const place = (state: string, into: string) => cpSync(join(data, state), into, { recursive: true });

/** What is seen while `change` happens. */
async function seen(collector: ReturnType<typeof cgroup>, change: () => void) {
  expect(await collector.unavailable()).toBeUndefined();
  const observation = await observe([collector]);
  observation.begin();
  change();
  const { series, missed } = await observation.end();
  return { missed, values: Object.fromEntries(series.map(({ id, points }) => [id, points.map(({ value }) => value)])) };
}

describe("control groups", () => {
  test("version 1: processor time and memory without the cache that is given back", async () => {
    const { procRoot, cgroupRoot } = machine(
      "4:memory:/pod/a\n2:cpu,cpuacct:/pod/a\n0::/\n",
      "4:memory:/\n2:cpu,cpuacct:/\n0::/\n",
    );
    const into = (state: string) => {
      for (const controller of ["cpuacct", "memory"])
        place(`cgroup-v1/${state}/${controller}`, join(cgroupRoot, controller, "pod/a"));
    };
    into("before");
    const { values } = await seen(cgroup({ pid: 42 }, { procRoot, cgroupRoot }), () => into("after"));
    expect(values["cgroup/cpu"]?.[1]).toBeGreaterThan(100);
    expect(values["cgroup/memory"]).toHaveLength(2);
    expect(values["cgroup/memory"]?.every((bytes) => bytes > 1e6)).toBe(true);
    expect(values).not.toHaveProperty("cgroup/throttled");
  });

  test("version 2: the same, and throttling", async () => {
    const { procRoot, cgroupRoot } = machine("0::/system.slice/a.scope\n", "0::/user.slice\n");
    const folder = join(cgroupRoot, "system.slice/a.scope");
    place("cgroup-v2/before", folder);
    const { values } = await seen(cgroup({ pid: 42 }, { procRoot, cgroupRoot }), () =>
      place("cgroup-v2/after", folder),
    );
    expect(values).toEqual({
      "cgroup/cpu": [0, 2500],
      "cgroup/throttled": [0, 250],
      "cgroup/memory": [104857600 - 4194304, 125829120 - 8388608],
    });
  });

  test("by its folder, and gone half-way", async () => {
    const folder = emptyFolder();
    place("cgroup-v2/before", folder);
    const { values, missed } = await seen(cgroup({ path: folder }), () => rmSync(folder, { recursive: true }));
    expect(values["cgroup/cpu"]).toEqual([0]);
    expect(missed).toMatchObject([{ collector: "cgroup", reason: `The group ${folder} is gone.` }]);
  });

  test("a process that shares its group with this one is said in a sentence", async () => {
    const shared = machine("0::/a\n", "0::/a\n");
    expect(await cgroup({ pid: 42 }, shared).unavailable()).toBe(
      "Process 42 is in the same control group as this client, whose work would count as the server's.",
    );
    expect(await cgroup({ pid: 43 }, shared).unavailable()).toContain("43/cgroup cannot be read.");
  });

  test("a folder that is no group is said in a sentence", async () => {
    expect(await cgroup({ path: "/nowhere" }).unavailable()).toBe("/nowhere tell neither processor time nor memory.");
  });
});

import { describe, expect, test } from "vitest";
import { CONFORMANCE_OPTIONS, keyOf, LOAD_OPTIONS, OUTPUT_OPTIONS, TARGET_OPTIONS } from "../../src/cli/options.ts";
import { ALL_OPTIONS, settingsFrom } from "../../src/cli/settings.ts";

describe("settings", () => {
  test("come from the flag, else from the file, else from the default", () => {
    const settings = settingsFrom({ timeout: "3s" }, { timeout: "5s", warmup: "1s", concurrency: 2 });
    expect(settings).toMatchObject({ timeout: 3_000, warmup: 1_000, concurrency: [2], seed: 1, fixtures: true });
  });

  test("take a list from the flags whole, and not together with the file's", () => {
    expect(settingsFrom({ model: ["a"] }, { model: ["b", "c"] }).model).toEqual(["a"]);
    expect(settingsFrom({ model: [] }, { model: "b" }).model).toEqual(["b"]);
    expect(settingsFrom({}, {}).model).toEqual([]);
  });

  test("read what a negated flag denies from either side", () => {
    expect(settingsFrom({ fixtures: false }, {}).fixtures).toBe(false);
    expect(settingsFrom({}, { fixtures: false, color: false })).toMatchObject({ fixtures: false, color: false });
  });

  test("take a count whose number may be left out, from the flag or from the file", () => {
    expect(settingsFrom({ fuzz: true }, {}).fuzz).toBe(1000);
    expect(settingsFrom({ fuzz: "7" }, { fuzz: 9 }).fuzz).toBe(7);
    expect(settingsFrom({}, { fuzz: true }).fuzz).toBe(1000);
    for (const left of [{}, { fuzz: false }]) expect(settingsFrom({}, left).fuzz).toBeUndefined();
    expect(() => settingsFrom({ fuzz: "0" }, {})).toThrow("--fuzz is too small");
    expect(() => settingsFrom({ fuzz: true, safe: true }, {})).toThrow("--safe and --fuzz contradict each other");
  });

  test.each([
    ["1024", 1024],
    ["500KB", 512_000],
    ["1.5M", 1_572_864],
    ["2gb", 2_147_483_648],
  ])("read the size %s", (text, bytes) => {
    expect(settingsFrom({ maxResponse: text }, {}).maxResponse).toBe(bytes);
  });

  test.each([
    ["a number below zero", { concurrency: "-1" }, "--concurrency"],
    ["a number in scientific notation", { seed: "1e3" }, "--seed"],
    ["no request in flight", { concurrency: "0" }, "--concurrency is too small"],
    ["no time for a request", { timeout: "0s" }, "--timeout is too small"],
    ["no time to measure", { duration: "0s" }, "--duration is too small"],
    ["a size without a number", { maxResponse: "MB" }, "--max-response"],
    ["an engine that does not exist", { engine: "autocanon" }, 'did you mean "autocannon"?'],
    ["safe and dangerous at once", { safe: true, dangerous: true }, "contradict"],
    ["two tokens", { tokenEnv: "A", tokenFile: "b" }, "contradict"],
  ])("refuse %s", (_, flags, said) => {
    expect(() => settingsFrom(flags, {})).toThrow(said);
  });

  test("have one key for each option, and no option twice", () => {
    const keys = ALL_OPTIONS.map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect([TARGET_OPTIONS, CONFORMANCE_OPTIONS, LOAD_OPTIONS, OUTPUT_OPTIONS].flat()).toEqual(ALL_OPTIONS);
    expect(keyOf({ name: "wait-ready" })).toBe("waitReady");
    expect(keyOf({ name: "no-fixtures" })).toBe("fixtures");
  });

  test("hold no flag that takes a secret itself", () => {
    const secret = ALL_OPTIONS.map(({ name }) => name).filter((name) => /token|password|secret/.test(name));
    expect(secret).toEqual(["token-env", "token-file"]);
  });
});

import { afterEach, expect, test } from "vitest";
import { openTransport, parseGrpcAddress, parseRestAddress, runSuite, systemClock } from "#kit";
import { startReference } from "../../src/cli/commands/serve.ts";
import { suites } from "../../suites/index.ts";
import { referenceInfo } from "../laws/lab.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

interface Burden {
  readonly faults?: readonly string[];
  /** Larger requests are refused. */
  readonly maxBodyBytes?: number;
}

/** What one check says of a runtime behind sockets. */
async function resultOf(checkId: string, { faults = [], maxBodyBytes = MAX_BYTES }: Burden) {
  const running = await startReference({ restPort: 0, grpcPort: 0, faults, maxBodyBytes });
  open.push(running);
  const transport = openTransport({
    rest: parseRestAddress(running.restUrl ?? ""),
    grpc: parseGrpcAddress(running.grpcAddress ?? ""),
    maxResponseBytes: MAX_BYTES,
  });
  open.push(transport);
  const entry = suites.find(({ suite }) => checkId.startsWith(`${suite.id}/`));
  const checks = entry?.suite.checks.filter(({ id }) => id === checkId) ?? [];
  if (!entry || checks.length === 0) throw new Error(`there is no check ${checkId}`);
  const limits = { requestMs: 10_000, recoveryMs: 1_000, concurrency: 8 };
  const { results } = await runSuite(entry.suite, checks, {
    transport,
    info: referenceInfo(),
    seed: 1,
    clock: systemClock,
    limits,
  });
  return results[0];
}

test.each(["v2-rest", "v2-binary", "v2-grpc"])(
  "%s: answers that are crossed in flight are found over sockets",
  async (suite) => {
    const result = await resultOf(`${suite}/concurrent-inferences-do-not-mix`, {
      faults: [`${suite}:crosses-answers`],
    });
    expect(result?.verdict).toMatchObject({ outcome: "fail", expected: expect.stringContaining("of caller") });
  },
);

test.each(["v2-rest/large-elements", "v2-binary/large-tensors", "v2-grpc/large-tensors"])(
  "%s: a limit is recorded, and what is below it is judged",
  async (check) => {
    const result = await resultOf(`${check}-come-back-whole`, { maxBodyBytes: 4_000_000 });
    expect(result?.verdict).toEqual({ outcome: "pass" });
    expect(result?.records.map(({ value }) => value)).toEqual(["more than the target takes"]);
  },
);

test("a fault in one transport alone is found over sockets", async () => {
  const result = await resultOf("v2-cross/id-comes-back-in-every-form", { faults: ["v2-cross:grpc-drops-the-id"] });
  expect(result?.verdict).toMatchObject({ outcome: "fail" });
});

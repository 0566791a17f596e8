import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GrpcRequest } from "#kit";
import { suites } from "../../suites/index.ts";
import { decisiveOf, type FailingRun, type Found, failingRun, isFound, showsTheFault } from "./failing-runs.ts";
import { runScript } from "./shell.ts";
import { isReplayed, REPLAYED } from "./single-request.ts";

const MINUTES = 60_000;
const overGrpc = suites.filter(({ suite }) => suite.transport === "grpc" || suite.id === "kserve-repository");
const root = new URL("../../", import.meta.url).pathname;

/** Where the methods are declared. */
const FILES = [
  ["grpc_health.proto", /^\/grpc\.health\./],
  ["kserve_repository.proto", /\/RepositoryModel\w+$/],
  ["open_inference_grpc.proto", /^\/inference\./],
] as const;

/** A call as plain values. */
interface Call {
  readonly path: string;
  readonly metadata: readonly string[];
  readonly message: unknown;
}

/** What grpcurl is given once bash has read the line, and the call that it makes of it. */
function callOf(folder: string, index: number): Call {
  const words = readFileSync(join(folder, `${index}.words`), "utf8")
    .split("\0")
    .slice(0, -1);
  const [plaintext, ...rest] = words;
  const [address = "", path = ""] = rest.splice(-2);
  expect([plaintext, address]).toEqual(["-plaintext", expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  const flags = rest.flatMap((word, at) => (at % 2 === 0 ? [[word, rest[at + 1] ?? ""] as const] : []));
  const of = (flag: string) => flags.filter(([name]) => name === flag).map(([, value]) => value);
  expect(new Set(flags.map(([name]) => name))).toEqual(
    new Set(["-import-path", "-proto", "-d", ...(of("-H").length > 0 ? ["-H"] : [])]),
  );
  const type = requestType(join(of("-import-path").join(), of("-proto").join()), path);
  const json: unknown = JSON.parse(of("-d").join());
  refuseUnknown(type, json);
  return {
    path: `/${path}`,
    metadata: of("-H"),
    message: plain(type, type.fromObject(json as Record<string, unknown>)),
  };
}

/** The call that was recorded, read with the same .proto. */
function recordedCall(found: Found): Call {
  const { path, metadata, messages } = decisiveOf(found).request as GrpcRequest;
  const [file = ""] = FILES.find(([, pattern]) => pattern.test(path)) ?? [];
  const type = requestType(join("protos", file), path.slice(1));
  return {
    path,
    metadata: metadata.map(([name, value]) => `${name}: ${value}`),
    message: plain(type, type.decode(messages[0] as Uint8Array)),
  };
}

const files = new Map<string, protobuf.Root>();

function requestType(file: string, method: string): protobuf.Type {
  const parsed = files.get(file) ?? new protobuf.Root().loadSync(join(root, file), { keepCase: true });
  files.set(file, parsed);
  const [service = "", name = ""] = method.split("/");
  const found = parsed.lookupService(service);
  return found.lookupType(found.methods[name]?.requestType ?? "");
}

function plain(type: protobuf.Type, message: protobuf.Message): unknown {
  return type.toObject(message, { longs: String, bytes: String, enums: String });
}

/** grpcurl refuses members that the .proto does not have; protobufjs passes them over. */
function refuseUnknown(type: protobuf.Type, json: unknown): void {
  if (typeof json !== "object" || json === null) throw new Error(`${type.name} is ${JSON.stringify(json)}`);
  for (const [name, value] of Object.entries(json)) {
    const field = type.fields[name];
    if (!field) throw new Error(`${type.name} has no ${name}`);
    const { resolvedType } = field.resolve();
    if (!(resolvedType instanceof protobuf.Type)) continue;
    const members: unknown[] = field.map ? Object.values(value as object) : [value].flat();
    for (const member of members) refuseUnknown(resolvedType, member);
  }
}

describe.each(overGrpc.map((entry) => [entry.suite.id, entry] as const))("the grpcurl lines of %s", (_, entry) => {
  const runs: FailingRun[] = [];
  let all: readonly Found[] = [];
  let folder = "";
  const withLine = () => all.filter(({ check }) => check.repro?.grpcurl !== undefined);

  beforeAll(async () => {
    for (const mutant of entry.mutants) runs.push(await failingRun(entry, mutant));
    all = runs.flatMap(({ found }) => found);
    const lines = withLine().map(({ check }, index) => `line=${index}; ${check.repro?.grpcurl}`);
    folder = await runScript([`grpcurl() { printf '%s\\0' "$@" > $line.words; }`, ...lines]);
  }, 4 * MINUTES);
  afterAll(async () => {
    await Promise.all(runs.map((run) => run.close()));
  });

  const names = (which: readonly Found[]) => which.map(({ mutant, check }) => `${mutant}: ${check.id}`);

  test("are there for every failure that a single call shows", () => {
    expect(all.length).toBeGreaterThanOrEqual(entry.mutants.length);
    expect(names(all.filter(({ result }) => !isFound(result)))).toEqual([]);
    const without = all.filter(({ check: { repro } }) => repro?.curl === undefined && repro?.grpcurl === undefined);
    expect(without.filter(({ check }) => check.repro?.replay !== `infermark replay result.json ${check.id}`)).toEqual(
      [],
    );
    expect(without.map(({ check }) => check.id).filter((id) => !isReplayed(id))).toEqual([]);
    const listed = Object.keys(REPLAYED).filter((id) => id.startsWith(`${entry.suite.id}/`));
    expect(listed.filter((id) => !without.some(({ check }) => check.id === id))).toEqual([]);
  });

  test("make the very call that was recorded", () => {
    const called = withLine().map((found, index) => ({ check: found.check.id, ...callOf(folder, index) }));
    expect(called.length).toBeGreaterThan(0);
    expect(called).toEqual(withLine().map((found) => ({ check: found.check.id, ...recordedCall(found) })));
  });

  test("show the fault: a correct runtime answers them otherwise", async () => {
    const silent: Found[] = [];
    for (const found of withLine()) if (!(await showsTheFault(found))) silent.push(found);
    expect(names(silent)).toEqual([]);
  });
});

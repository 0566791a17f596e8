import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { InfermarkError } from "../base/errors.ts";
import type { ReproTarget } from "../result/index.ts";
import { type ProbeOptions, parseGrpcAddress, parseInputFile, parseRestAddress, type Tensor } from "../target/index.ts";
import type { Endpoint, TransportOptions } from "../transport/index.ts";
import { fileBytes } from "./read-file.ts";
import type { Settings } from "./settings.ts";

/** A target as the settings describe it. */
export interface TargetSetup {
  readonly transport: TransportOptions;
  /** The same for people at a shell: files in place of PEM texts. */
  readonly repro: { readonly rest?: ReproTarget; readonly grpc?: ReproTarget };
  readonly sample?: readonly Tensor[];
  /** All requests of an `--input` directory, when it has more than one. */
  readonly samples?: readonly (readonly Tensor[])[];
}

/** What the probe of a target is told by the settings. */
export function probeOptionsOf(settings: Settings, target: TargetSetup): ProbeOptions {
  return {
    rest: target.transport.rest !== undefined,
    grpc: target.transport.grpc !== undefined,
    models: settings.model,
    fixtures: settings.fixtures,
    deadlineMs: settings.timeout,
    clock: systemClock,
    ...withoutUndefined({ sample: target.sample, waitReadyMs: settings.waitReady }),
  };
}

/** Reads addresses, certificates, token and input. Throws USAGE for what cannot be read. */
export function setUpTarget(settings: Settings): TargetSetup {
  if (settings.rest === undefined && settings.grpc === undefined) {
    throw new InfermarkError("USAGE", "no target is given", {
      hint: "name it with --rest URL, --grpc HOST:PORT, or both",
    });
  }
  const token = tokenOf(settings);
  const files = { ca: fileText(settings.ca), cert: fileText(settings.cert), key: fileText(settings.key) };
  const options = {
    headers: settings.header,
    metadata: settings.metadata,
    resolve: settings.resolve,
    insecure: settings.insecure,
    ...withoutUndefined({ ...files, token, serverName: settings.serverName, authority: settings.authority }),
  };
  const rest = settings.rest === undefined ? undefined : parseRestAddress(settings.rest, options);
  const grpc = settings.grpc === undefined ? undefined : parseGrpcAddress(settings.grpc, options);
  return {
    transport: { ...withoutUndefined({ rest, grpc }), maxResponseBytes: settings.maxResponse },
    repro: withoutUndefined({ rest: rest && reproTarget(rest, settings), grpc: grpc && reproTarget(grpc, settings) }),
    ...(settings.input !== undefined && samplesIn(settings.input)),
  };
}

/** The request in an `--input` file, or those in the `.json` files of a directory by their names. Throws USAGE for what is none. */
export function samplesIn(path: string): Pick<TargetSetup, "sample" | "samples"> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { sample: parseInputFile(fileBytes(path)) };
  const files = readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .toSorted();
  const samples = files.map((name) => parseInputFile(fileBytes(join(path, name)), name));
  const [sample] = samples;
  if (!sample)
    throw new InfermarkError("USAGE", `${path} has no .json file`, { hint: "put a V2 inference request into each" });
  return { sample, ...(samples.length > 1 && { samples }) };
}

function tokenOf({ tokenEnv, tokenFile }: Settings): string | undefined {
  if (tokenEnv !== undefined) {
    const token = process.env[tokenEnv];
    if (!token)
      throw new InfermarkError("USAGE", `the environment variable ${tokenEnv} is not set`, {
        hint: "export it before the run",
      });
    return token;
  }
  return fileText(tokenFile)?.trim();
}

function fileText(file: string | undefined): string | undefined {
  return file === undefined ? undefined : fileBytes(file).toString("utf8");
}

function reproTarget(endpoint: Endpoint, settings: Settings): ReproTarget {
  const { host, port, tls, prefix, authority, address, headers, secretHeaders } = endpoint;
  const files = withoutUndefined({
    ca: settings.ca,
    cert: settings.cert,
    key: settings.key,
    serverName: settings.serverName,
  });
  return {
    host,
    port,
    prefix,
    headers,
    secretHeaders,
    ...withoutUndefined({ authority, address }),
    ...(tls && { tls: { insecure: settings.insecure, ...files } }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that have a value. */
export function withoutUndefined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

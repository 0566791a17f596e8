import { type SuiteEntry, suites } from "../../../suites/index.ts";
import { InfermarkError } from "../../base/errors.ts";
import { seededRandom } from "../../base/random.ts";
import {
  createWorld,
  firstReply,
  fixtureModels,
  type Handler,
  type LatencyLaw,
  type Mutant,
  parseLatencyLaw,
  type RunningReference,
  serveReference,
  withLatency,
} from "../../reference/index.ts";
import { ExitCode } from "../exit-codes.ts";
import { settingsFrom } from "../settings.ts";
import { unknownId } from "../suggest.ts";

/** Serves the reference runtime until SIGINT or SIGTERM. */
export async function serve(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const host = (flags["host"] as string | undefined) ?? "127.0.0.1";
  const running = await startReference({
    host,
    restPort: portOf(flags["restPort"] ?? 8080, "--rest-port"),
    grpcPort: portOf(flags["grpcPort"] ?? 8081, "--grpc-port"),
    faults: (flags["fault"] as string[] | undefined) ?? [],
    ...(flags["latency"] !== undefined && { latency: parseLatencyLaw(flags["latency"] as string) }),
    maxBodyBytes:
      flags["maxBody"] === undefined
        ? DEFAULT_MAX_BODY
        : settingsFrom({ maxResponse: flags["maxBody"] }, {}).maxResponse,
  });
  if (!/^(127\.|::1$|localhost$)/.test(host))
    process.stderr.write(`infermark: listening on ${host}: other machines can reach it\n`);
  process.stdout.write(`REST  ${running.restUrl}\ngRPC  ${running.grpcAddress}\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await running.close();
  return ExitCode.ok;
}

export const DEFAULT_MAX_BODY = 64 * 1024 * 1024;

export interface StartOptions {
  readonly host?: string;
  readonly restPort: number;
  readonly grpcPort: number;
  readonly faults: readonly string[];
  readonly latency?: LatencyLaw;
  /** With a latency law: hears how many milliseconds each inference took indeed. */
  readonly took?: (ms: number) => void;
  readonly maxBodyBytes: number;
}

/** The reference runtime with every binding, wrong in the ways that `faults` name. Throws USAGE for an unknown fault. */
export function startReference({ faults, latency, took, ...options }: StartOptions): Promise<RunningReference> {
  const chosen = faults.map(findFault);
  const random = seededRandom("latency");
  const models = latency
    ? new Map([...fixtureModels()].map(([name, model]) => [name, withLatency(model, latency, random, took)]))
    : fixtureModels();
  return serveReference({ ...options, handlers: [wholeRuntime(chosen)], world: createWorld({ models }) });
}

/** Every binding with its faults, and over all of them the faults of suites that compare bindings. */
function wholeRuntime(chosen: readonly Mutant[]): Handler {
  const bindings = suites.filter(({ suite }) => suite.compares === undefined);
  const handlers = bindings.map(({ suite, reference }) => withFaults(suite, reference, chosen));
  const whole: Handler = (request, world) => firstReply({ handlers, world }, request);
  return suites
    .filter((entry) => !bindings.includes(entry))
    .reduce((handler, { suite }) => withFaults(suite, handler, chosen), whole);
}

function withFaults({ id: suite }: SuiteEntry["suite"], reference: Handler, chosen: readonly Mutant[]): Handler {
  const own = chosen.filter(({ id }) => id.startsWith(`${suite}:`) || id.startsWith(`${suite}~`));
  return own.reduce((handler, fault) => fault.apply(handler), reference);
}

function findFault(id: string): Mutant {
  const known = suites.flatMap(({ mutants, variants }) => [...mutants, ...variants]);
  const found = known.find((mutant) => mutant.id === id);
  if (!found)
    throw unknownId(
      "fault",
      id,
      known.map((mutant) => mutant.id),
    );
  return found;
}

function portOf(value: unknown, flag: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InfermarkError("USAGE", `${flag} ${String(value)} is not a port`, {
      hint: "give a number from 0 to 65535",
    });
  return port;
}

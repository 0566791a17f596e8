import { type Clock, systemClock } from "../../base/clock.ts";
import type { LoadEndpoint } from "../endpoint.ts";
import type { Engine } from "../engine.ts";
import type { LoadEngineId } from "../settings.ts";

export interface EngineOptions {
  /** The number of the first sending, where the engine gives each an id of its own. */
  readonly firstSerial?: number;
}

/** Opens an engine against an endpoint; its library is loaded only now. Throws USAGE when the engine cannot serve such an endpoint. */
export async function createEngine(
  id: LoadEngineId,
  endpoint: LoadEndpoint,
  clock: Clock = systemClock,
  options: EngineOptions = {},
): Promise<Engine> {
  switch (id) {
    case "wire":
      return (await import("../wire/wire.ts")).wireEngine(endpoint, clock, options);
    case "undici":
      return (await import("./undici.ts")).undiciEngine(endpoint, clock);
    case "autocannon":
      return (await import("./autocannon.ts")).autocannonEngine(endpoint, clock);
    case "grpc-js":
      return (await import("./grpc-js.ts")).grpcJsEngine(endpoint, clock);
    default:
      return id satisfies never;
  }
}

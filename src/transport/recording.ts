import type { Exchange, Transport } from "./exchange.ts";
import { redactExchange, type Secrets } from "./redact.ts";

/** An exchange and who asked for it. */
export interface RecordedExchange {
  /** A check id, "probe", or "" when the sender did not say. */
  readonly origin: string;
  readonly exchange: Exchange;
}

/** A transport that hands every exchange, free of secrets, to `sink` when it has ended. What the sender gets is unchanged. */
export function recording(
  inner: Transport,
  sink: (entry: RecordedExchange) => void,
  secrets: Secrets = { headerNames: [], values: [] },
): Transport {
  return {
    send: async (request, options) => {
      const exchange = await inner.send(request, options);
      sink({ origin: options.origin ?? "", exchange: redactExchange(exchange, secrets) });
      return exchange;
    },
    close: () => inner.close(),
  };
}

import type { Exchange, Transport } from "./exchange.ts";
import { redactExchange, type Secrets } from "./redact.ts";

/** An exchange and who asked for it. */
export interface RecordedExchange {
  /** A check id, "probe", or "" when the sender did not say. */
  readonly origin: string;
  readonly exchange: Exchange;
}

/**
 * A transport that hands every exchange that has ended, free of secrets, to `sink`, in the order in which they were sent: equal
 * requests that overtake each other must get their own answers when the recording is replayed. What the sender gets is unchanged.
 */
export function recording(
  inner: Transport,
  sink: (entry: RecordedExchange) => void,
  secrets: Secrets = { headerNames: [], values: [] },
): Transport {
  const sent: { entry?: RecordedExchange; failed?: true }[] = [];
  const handOver = () => {
    while (sent[0]?.entry || sent[0]?.failed) {
      const { entry } = sent.shift() as (typeof sent)[number];
      if (entry) sink(entry);
    }
  };
  return {
    send: async (request, options) => {
      const place: (typeof sent)[number] = {};
      sent.push(place);
      try {
        const exchange = await inner.send(request, options);
        place.entry = { origin: options.origin ?? "", exchange: redactExchange(exchange, secrets) };
        return exchange;
      } catch (thrown) {
        place.failed = true;
        throw thrown;
      } finally {
        handOver();
      }
    },
    close: () => inner.close(),
  };
}

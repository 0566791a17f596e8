import type { ClientReport } from "../peer.ts";

/** The last line of a client, which the harness reads. `requests` stands first in it. */
export function printReport({ requests, ...rest }: ClientReport): void {
  console.log(JSON.stringify({ requests, ...rest }));
}

import type { Peer } from "../peer.ts";
import { ab } from "./ab.ts";
import { fortio } from "./fortio.ts";
import { ghz } from "./ghz.ts";
import { h2load } from "./h2load.ts";
import { hey } from "./hey.ts";
import { k6 } from "./k6.ts";
import { autocannon, grpcJs, infermark, undici } from "./node-clients.ts";
import { oha } from "./oha.ts";
import { perfAnalyzer } from "./perf-analyzer.ts";
import { vegeta } from "./vegeta.ts";
import { wrk } from "./wrk.ts";

export { infermark } from "./node-clients.ts";

/** Every client, infermark first. */
export const PEERS: readonly Peer[] = [
  infermark,
  wrk,
  h2load(),
  fortio,
  oha,
  ab,
  hey,
  vegeta,
  k6,
  autocannon,
  undici,
  ghz,
  grpcJs,
  perfAnalyzer(false),
  perfAnalyzer(true),
];

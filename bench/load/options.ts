import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Peer } from "./peer.ts";
import { PEERS } from "./peers/index.ts";

/** The options of the command line by name, each a text; ends the program where one is unknown. */
export function optionsOf<Name extends string>(names: readonly Name[]): Readonly<Partial<Record<Name, string>>> {
  const options: ParseArgsConfig["options"] = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  try {
    return parseArgs({ options }).values as Partial<Record<Name, string>>;
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : thrown}\noptions: --${names.join(", --")}`);
    process.exit(2);
  }
}

/** infermark and the clients that are named in a list, or all; ends the program where one is unknown. */
export function peersNamed(list: string | undefined, known: readonly Peer[] = PEERS): readonly Peer[] {
  if (list === undefined) return known;
  const names = list.split(",");
  const unknown = names.find((name) => !known.some((peer) => peer.name === name));
  if (unknown === undefined) return known.filter(({ name }) => name === "infermark" || names.includes(name));
  console.error(`no client is called ${unknown}; there are ${known.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

/** The clients that are installed, with their versions, and the names of the others. */
export function installed(peers: readonly Peer[]): {
  readonly present: readonly { readonly peer: Peer; readonly version: string }[];
  readonly absent: readonly string[];
} {
  const found = peers.map((peer) => ({ peer, version: peer.find()?.version }));
  return {
    present: found.flatMap(({ peer, version }) => (version === undefined ? [] : [{ peer, version }])),
    absent: found.flatMap(({ peer, version }) => (version === undefined ? [peer.name] : [])),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

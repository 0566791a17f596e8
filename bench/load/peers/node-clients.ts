import { clientCommand, type Peer, packageVersion, readClient } from "../peer.ts";
import type { Protocol } from "../task.ts";

/** The engine wire with the settings that a run has by default. */
export const infermark: Peer = {
  name: "infermark",
  protocols: ["http", "grpc"],
  find: () => ({ version: packageVersion("infermark") }),
  command: (task) => clientCommand("infermark", task),
  read: readClient,
};

export const autocannon = ofPackage("autocannon", "http", true);
export const undici = ofPackage("undici", "http");
export const grpcJs: Peer = {
  ...ofPackage("grpc-js", "grpc"),
  find: () => ({ version: packageVersion("@grpc/grpc-js") }),
};

/** A package of this checkout in a loop of our own. */
function ofPackage(name: string, protocol: Protocol, open = false): Peer {
  return {
    name,
    protocols: [protocol],
    find: () => ({ version: packageVersion(name) }),
    command: (task) => (task.load.kind === "open" && !open ? undefined : clientCommand(name, task)),
    read: readClient,
  };
}

import { execFileSync } from "node:child_process";
import { numberIn, onPath, type Peer, percentilesIn } from "../peer.ts";

/** It keeps a record of each request and takes room for them at the start. */
const MOST_PER_SECOND = 150_000;

export const ab: Peer = {
  name: "ab",
  protocols: ["http"],
  find: () => {
    if (!onPath("ab")) return undefined;
    const text = execFileSync("ab", ["-V"], { encoding: "utf8" });
    return { version: /Version (\S+)/.exec(text)?.[1] ?? "unknown" };
  },
  command: ({ load, seconds }, { url, headers, bodyFile }) => {
    if (load.kind === "open") return undefined;
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "application/octet-stream";
    const other = headers.filter(([name]) => name.toLowerCase() !== "content-type");
    const more = other.flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    // A time sets the number to 50 000 unless a number follows it.
    const length = ["-t", String(seconds), "-n", String(Math.ceil(seconds * MOST_PER_SECOND))];
    return ["ab", "-q", "-k", "-l", ...length, "-c", String(load.inFlight), "-p", bodyFile, "-T", type, ...more, url];
  },
  read: (output) => ({
    requests: numberIn(output, /Complete requests:\s+(\d+)/),
    perSecond: numberIn(output, /Requests per second:\s+([\d.]+)/),
    errors: numberIn(output, /Failed requests:\s+(\d+)/) + numberIn(output, /Non-2xx responses:\s+(\d+)/),
    percentiles: percentilesIn(output, /^\s+(\d+)%\s+(\d+)/gm, 1e6),
  }),
};

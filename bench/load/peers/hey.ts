import { execFileSync } from "node:child_process";
import { numberIn, onPath, type Peer, percentilesIn } from "../peer.ts";
import { inFlightOf } from "../task.ts";

export const hey: Peer = {
  name: "hey",
  protocols: ["http"],
  find: () => {
    if (!onPath("hey")) return undefined;
    const command = "dpkg-query -W -f='${Version}' hey 2>/dev/null || true";
    return { version: execFileSync("bash", ["-c", command], { encoding: "utf8" }).trim() || "unknown" };
  },
  command: ({ load, seconds }, { url, headers, bodyFile }) => {
    const workers = inFlightOf(load);
    // Its rate is that of each worker, and a worker waits for its answer.
    const rate = load.kind === "open" ? ["-q", String(load.rate / workers)] : [];
    const other = headers.filter(([name]) => name.toLowerCase() !== "content-type");
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "application/octet-stream";
    const more = other.flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const how = ["-z", `${seconds}s`, "-c", String(workers), "-m", "POST", "-T", type, ...more, "-D", bodyFile];
    return ["hey", ...how, ...rate, url];
  },
  read: (output) => {
    const perSecond = numberIn(output, /Requests\/sec:\s+([\d.]+)/);
    return {
      // Its distribution of statuses ends at a million.
      requests: Math.round(perSecond * numberIn(output, /Total:\s+([\d.]+) secs/)),
      perSecond,
      errors: [...output.matchAll(/^\s+\[(\d+)\]\s+(.*)$/gm)].reduce(
        (sum, [, code, rest = ""]) => sum + (code === "200" ? 0 : Number.parseInt(rest) || Number(code)),
        0,
      ),
      percentiles: percentilesIn(output, /^\s+(\d+)%+ in ([\d.]+) secs$/gm, 1e9),
    };
  },
};

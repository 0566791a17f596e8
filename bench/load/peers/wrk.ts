import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberIn, onPath, type Peer, percentilesIn } from "../peer.ts";

export const wrk: Peer = {
  name: "wrk",
  protocols: ["http"],
  find: () => {
    if (!onPath("wrk")) return undefined;
    // It ends with 1 when it tells its version.
    const text = execFileSync("bash", ["-c", "wrk --version || true"], { encoding: "utf8" });
    return { version: /wrk (\S+)/.exec(text)?.[1] ?? "unknown" };
  },
  command: ({ load, seconds }, { url, headers, bodyFile }, folder) => {
    if (load.kind === "open") return undefined;
    const script = join(folder, "wrk.lua");
    const lines = headers.map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
    const body = `wrk.body = io.open(${JSON.stringify(bodyFile)}, "rb"):read("*a")`;
    writeFileSync(script, ['wrk.method = "POST"', ...lines, body, ""].join("\n"));
    return ["wrk", "-t1", `-c${load.inFlight}`, `-d${seconds}s`, "--timeout", "10s", "--latency", "-s", script, url];
  },
  read: (output) => ({
    requests: numberIn(output, /(\d+) requests in/),
    perSecond: numberIn(output, /Requests\/sec:\s+([\d.]+)/),
    errors:
      numberIn(output, /Non-2xx or 3xx responses: (\d+)/) +
      [...(/Socket errors: (.*)/.exec(output)?.[1] ?? "").matchAll(/\d+/g)].reduce((sum, [n]) => sum + Number(n), 0),
    percentiles: percentilesIn(output, /^\s+(\d+)%\s+([\d.]+\w+)$/gm),
  }),
};

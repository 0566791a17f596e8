import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTEN = "0A";

/**
 * Whether only the process and its descendants listen on the loopback port. False when nobody does, or somebody else
 * does too (servers may share a port). Undefined where the system does not tell (no procfs).
 */
export function ownsPort(pid: number, port: number): boolean | undefined {
  if (!existsSync("/proc/net/tcp")) return undefined;
  const listening = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listenersIn(table, port));
  if (listening.length === 0) return false;
  const own = new Set(processTree(pid).flatMap(socketsOf));
  return listening.every((inode) => own.has(inode));
}

/** Inodes of the sockets that listen on the port. */
function listenersIn(table: string, port: number): readonly string[] {
  if (!existsSync(table)) return [];
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync(table, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === LISTEN && local.endsWith(suffix))
    .flatMap((columns) => columns[9] ?? []);
}

function processTree(pid: number): readonly number[] {
  const children = whileAlive(() =>
    readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    ),
  );
  return [pid, ...children.flatMap(processTree)];
}

function socketsOf(pid: number): readonly string[] {
  const descriptors = whileAlive(() => readdirSync(`/proc/${pid}/fd`));
  return descriptors.flatMap((descriptor) =>
    whileAlive(() => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      return inode === undefined ? [] : [inode];
    }),
  );
}

/** What is read of a process; empty when the process or the descriptor went away meanwhile. */
function whileAlive<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return [];
    throw thrown;
  }
}

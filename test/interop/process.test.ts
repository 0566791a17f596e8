import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts, runToEnd, startServer } from "../../interop/process.ts";

const folder = mkdtempSync(join(tmpdir(), "infermark-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startNode(script: string, graceMs?: number) {
  const log = join(folder, `${Math.random()}.log`);
  const options = { cwd: folder, env: { GREETING: "hello" }, log, ...(graceMs !== undefined && { graceMs }) };
  return startServer(process.execPath, ["-e", script], options).then((server) => ({ server, log }));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw thrown;
  }
}

test("free ports differ and can be listened on", async () => {
  const ports = await freePorts(3);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a server gets its environment, its output goes to the log, and stop ends it", async () => {
  const { server, log } = await startNode("console.log(process.env.GREETING); setInterval(() => {}, 1000)");
  await until(() => readFileSync(log, "utf8") === "hello\n");
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test("a server that ignores SIGTERM is killed after the grace period", async () => {
  const { server, log } = await startNode(
    "process.on('SIGTERM', () => {}); console.log('on'); setInterval(() => {}, 1000)",
    50,
  );
  await until(() => readFileSync(log, "utf8") === "on\n");
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test("the death of a server names its exit status and the log; stopping it then is harmless", async () => {
  const { server, log } = await startNode("process.exit(7)");
  await expect(server.died).rejects.toThrow(`ended by itself with status 7; its output is in ${log}`);
  await server.stop();
});

test("a command that does not exist throws", async () => {
  const options = { cwd: folder, env: {}, log: join(folder, "none.log") };
  await expect(startServer(join(folder, "no-such-command"), [], options)).rejects.toThrow("ENOENT");
  expect(() => runToEnd(join(folder, "no-such-command"), [])).toThrow("ENOENT");
});

test("a command that fails throws with its status", () => {
  expect(() => runToEnd(process.execPath, ["-e", "process.exit(3)"])).toThrow("ended with status 3");
});

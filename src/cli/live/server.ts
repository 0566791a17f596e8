import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { assetText } from "../../base/assets.ts";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import type { Progress } from "../progress.ts";
import type { LoadSecond, LoadView } from "./load-view.ts";

const MOST_READERS = 32;
const MOST_SECONDS = 600;
const MOST_LINES = 30;
const LONGEST_TEXT = 500;
const EVERY_MS = 500;
const FAREWELL_MS = 300;

/** A page on this machine that shows how a run goes. */
export interface LiveServer {
  readonly url: string;
  /** What it shows. */
  readonly progress: Progress;
  /** Tells readers how the run ended, and closes. */
  close(verdict?: string): Promise<void>;
}

interface LiveState {
  step: string;
  view: LoadView | undefined;
  /** The newest is at the end. */
  readonly seconds: LoadSecond[];
  readonly lines: string[];
}

/**
 * Serves the page on a port of the loopback interface, 0 for any free one. Throws USAGE when it cannot. A reader that takes nothing in
 * is sent nothing more until it does, and then all at once: what is kept for it does not grow.
 */
export async function startLiveServer(port: number): Promise<LiveServer> {
  const page = assetText("#assets/cli/live/page.html");
  const readers = new Map<ServerResponse, { behind: boolean }>();
  const state: LiveState = { step: "", view: undefined, seconds: [], lines: [] };
  const startedMs = performance.now();
  let lastMs = Number.NEGATIVE_INFINITY;

  const everything = () => eventOf("all", state);
  const tell = (event: string) => {
    for (const [response, reader] of readers) {
      if (reader.behind) continue;
      if (response.write(event)) continue;
      reader.behind = true;
      response.once("drain", () => {
        reader.behind = false;
        response.write(everything());
      });
    }
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { host = "" } = request.headers;
    // Another page whose name was made to lead here must not read along.
    if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host))
      return refuse(response, 403, "not for this host\n");
    if (request.method !== "GET") return refuse(response, 405, "only GET\n");
    if (request.url === "/") return sendPage(response, page);
    if (request.url !== "/events") return refuse(response, 404, "not found\n");
    if (readers.size >= MOST_READERS) return refuse(response, 503, "too many readers\n");
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    readers.set(response, { behind: false });
    response.on("close", () => readers.delete(response));
    response.write(everything());
  };
  const server = createServer(answer);
  await listen(server, port);
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    progress: {
      step: (text) => {
        state.step = text.slice(0, LONGEST_TEXT);
        const now = performance.now();
        if (now - lastMs < EVERY_MS) return;
        lastMs = now;
        tell(eventOf("step", state.step));
      },
      line: (text) => {
        state.lines.push(text.slice(0, LONGEST_TEXT));
        if (state.lines.length > MOST_LINES) state.lines.shift();
        tell(eventOf("line", state.lines.at(-1)));
      },
      load: (view) => {
        const now = performance.now();
        const { phase, requestsPerSecond, p50Ns, p99Ns, errors } = view;
        const second = {
          atMs: Math.round(now - startedMs),
          phase,
          requestsPerSecond: Math.round(requestsPerSecond * 10) / 10,
          ...(p50Ns !== undefined && { p50Ns }),
          ...(p99Ns !== undefined && { p99Ns }),
          errors,
        };
        state.view = view;
        state.seconds.push(second);
        if (state.seconds.length > MOST_SECONDS) state.seconds.shift();
        if (now - lastMs < EVERY_MS) return;
        lastMs = now;
        tell(eventOf("load", { view, second }));
      },
      end: () => {},
    },
    close: async (verdict = "The run has ended.") => {
      for (const response of readers.keys()) response.end(eventOf("end", verdict));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS))]);
      server.closeAllConnections();
    },
  };
}

function eventOf(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function sendPage(response: ServerResponse, page: string): void {
  const allowed = ["script", "style"].map((name) => {
    const [, inner = ""] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(page) ?? [];
    return `${name}-src 'sha256-${createHash("sha256").update(inner).digest("base64")}'`;
  });
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${allowed.join("; ")}`,
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new InfermarkError("USAGE", `the live view cannot be served on port ${port}: ${messageOf(cause)}`, {
          hint: "give --live another port, or 0 for any free one",
          cause,
        }),
      ),
    );
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before an exporter and keeps every exposition that went through, in order. */
export interface RecordingProxy {
  readonly url: string;
  readonly texts: readonly string[];
  close(): void;
}

/** Starts one on a free loopback port before the exposition at `url`. */
export async function recordingProxy(url: string): Promise<RecordingProxy> {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const accept = request.headers.accept ?? "*/*";
    fetch(url, { headers: { accept } })
      .then(async (answer) => {
        const text = await answer.text();
        if (answer.ok) texts.push(text);
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
        response.end(text);
      })
      .catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    texts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

import { get as getHttp, type IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { shownUrl } from "../base/shown-url.ts";

const MOST_BYTES = 16 * 1024 * 1024;

/** Where and how a text is fetched. */
export interface TextSource {
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Connect to this address in place of looking the host up. */
  readonly address?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly insecure?: boolean;
    readonly serverName?: string;
  };
}

/** The body of an answer with status 200, over a connection of its own. Throws an Error with a sentence for anything else. */
export function fetchText({ url, headers = [], address, tls }: TextSource, signal: AbortSignal): Promise<string> {
  const { protocol, hostname } = new URL(url);
  const options = {
    agent: false as const,
    signal,
    headers: Object.fromEntries([["host", new URL(url).host], ...headers]),
    ...(address !== undefined && { host: address }),
    ...(tls && {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert }),
      ...(tls.key !== undefined && { key: tls.key }),
      rejectUnauthorized: tls.insecure !== true,
      servername: tls.serverName ?? hostname,
    }),
  };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let length = 0;
      if (response.statusCode !== 200) {
        response.destroy();
        reject(new Error(`${shownUrl(url)} answers with status ${response.statusCode}.`));
        return;
      }
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MOST_BYTES) response.destroy(new Error("more than 16 MiB came"));
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", failed);
    };
    const failed = ({ message }: Error) => reject(new Error(`${shownUrl(url)} gives no answer: ${message}.`));
    (protocol === "https:" ? getHttps : getHttp)(url, options, answered).on("error", failed);
  });
}

import type { Body, Exchange, Header } from "../../result/index.ts";
import { type Html, html } from "./html.ts";

const HEX_WIDTH = 8;

/** One exchange, folded: the request and the answer as they were on the wire, at most `bodyBytes` of each body. */
export function exchangeHtml(exchange: Exchange, bodyBytes: number, decisive: boolean): Html {
  const { request, response, failure, durationMs } = exchange;
  const first = request.method === undefined ? request.path : `${request.method} ${request.path}`;
  const answer = failure ? failure.code : answerOf(exchange);
  return html`<details class="exchange"${decisive && html` data-decisive`}><summary><code>${first}</code> <span class="arrow">→</span> <code>${answer}</code> <span class="muted">· ${durationMs.toFixed(1)} ms${decisive && " · decisive"}</span></summary>
<div class="wire"><div><h4>Request${request.verbatim && " (sent verbatim)"}${request.framing && ` (${request.framing})`}</h4>${headPre(first, request.headers)}${request.bodies.map((body) => bodyHtml(body, bodyBytes))}</div>
<div><h4>Response</h4>${response ? html`${headPre(String(response.status), response.headers)}${bodyHtml(response.body, bodyBytes)}${response.trailers && html`<h4>Trailers</h4>${headPre(undefined, response.trailers)}`}` : html`<p class="muted">none</p>`}${failure && html`<p class="broken">${failure.code}: ${failure.message}</p>`}</div></div></details>`;
}

function answerOf({ protocol, response }: Exchange): string {
  if (!response) return "no answer";
  const grpcStatus = [...(response.trailers ?? []), ...response.headers].find(
    ({ name }) => name.toLowerCase() === "grpc-status",
  );
  return protocol === "grpc" && grpcStatus ? `grpc-status ${grpcStatus.value}` : String(response.status);
}

function headPre(first: string | undefined, headers: readonly Header[]): Html {
  const lines = [...(first === undefined ? [] : [first]), ...headers.map(({ name, value }) => `${name}: ${value}`)];
  return html`<pre class="head">${lines.join("\n")}</pre>`;
}

function bodyHtml({ size, sha256, text, base64, truncated }: Body, bodyBytes: number): Html {
  if (size === 0) return html`<p class="muted">empty body</p>`;
  const shown =
    text === undefined
      ? Buffer.from(base64 ?? "", "base64").subarray(0, Math.ceil(bodyBytes / 4))
      : text.slice(0, bodyBytes);
  const cut = truncated || (text === undefined ? shown.length < size : shown.length < text.length);
  const content = typeof shown === "string" ? shown : hexDump(shown);
  return html`<pre class="body">${content}</pre>${cut && html`<p class="muted">${size} bytes in all, sha256 <code>${sha256.slice(0, 16)}…</code></p>`}`;
}

/** Offset, bytes in hexadecimal and as ASCII, eight to a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += HEX_WIDTH) {
    const row = Array.from(bytes.subarray(offset, offset + HEX_WIDTH));
    const hex = row
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(" ")
      .padEnd(HEX_WIDTH * 3 - 1);
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${offset.toString(16).padStart(4, "0")}  ${hex}  ${ascii}`);
  }
  return lines.join("\n");
}

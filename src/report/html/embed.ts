import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { InfermarkError } from "../../base/errors.ts";
import { type Html, trusted } from "./html.ts";

/** A longer text is embedded without its white space and by Brotli: the many points of a sweep take 40 % less room. */
const LONGEST_GZIP = 1_000_000;
const OS_BYTE = 9;

/** The text of a document, as `serialize` writes it, inside a page, in a form that no viewer runs. The same text gives the same markup on every machine. */
export function embedDocument(text: string): Html {
  const brotli = text.length > LONGEST_GZIP;
  const bytes = brotli ? brotliOf(text) : gzipOf(text);
  return trusted(`${openingOf(brotli ? "brotli" : "gzip")}${bytes.toString("base64")}</script>`);
}

/** The very text of the result.json that a page was made from. Throws USAGE when the page holds none or a damaged one. */
export function extractDocument(page: string): string {
  const found = lastOf(page, "gzip") ?? lastOf(page, "brotli");
  if (!found) {
    throw new InfermarkError("USAGE", "the page holds no result document", {
      hint: "give an HTML report that infermark wrote",
    });
  }
  try {
    const bytes = Buffer.from(found.base64, "base64");
    if (found.encoding === "gzip") return gunzipSync(bytes).toString("utf8");
    return `${JSON.stringify(JSON.parse(brotliDecompressSync(bytes).toString("utf8")), null, 2)}\n`;
  } catch (cause) {
    throw new InfermarkError("USAGE", "the result document inside the page is damaged", {
      hint: "take the report as infermark wrote it",
      cause,
    });
  }
}

type Encoding = "gzip" | "brotli";

function openingOf(encoding: Encoding): string {
  return `<script type="application/octet-stream" id="infermark-document" data-encoding="${encoding}, base64">`;
}

function lastOf(page: string, encoding: Encoding): { encoding: Encoding; base64: string } | undefined {
  const opening = openingOf(encoding);
  const start = page.lastIndexOf(opening);
  const end = page.indexOf("</script>", start);
  return start < 0 || end < 0 ? undefined : { encoding, base64: page.slice(start + opening.length, end) };
}

function gzipOf(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 });
  bytes[OS_BYTE] = 255;
  return bytes;
}

// Beyond quality 9 it takes seconds.
function brotliOf(text: string): Buffer {
  return brotliCompressSync(JSON.stringify(JSON.parse(text)), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  });
}

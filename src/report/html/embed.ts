import { gunzipSync, gzipSync } from "node:zlib";
import { InfermarkError } from "../../base/errors.ts";
import { type Html, trusted } from "./html.ts";

const OPENING = '<script type="application/octet-stream" id="infermark-document" data-encoding="gzip, base64">';
const OS_BYTE = 9;

/** The document's text inside a page, in a form that no viewer runs. The same text gives the same markup on every machine. */
export function embedDocument(text: string): Html {
  const bytes = gzipSync(text, { level: 9 });
  bytes[OS_BYTE] = 255;
  return trusted(`${OPENING}${bytes.toString("base64")}</script>`);
}

/** The very text of the result.json that a page was made from. Throws USAGE when the page holds none or a damaged one. */
export function extractDocument(page: string): string {
  const start = page.lastIndexOf(OPENING);
  const end = page.indexOf("</script>", start);
  if (start < 0 || end < 0) {
    throw new InfermarkError("USAGE", "the page holds no result document", {
      hint: "give an HTML report that infermark wrote",
    });
  }
  try {
    return gunzipSync(Buffer.from(page.slice(start + OPENING.length, end), "base64")).toString("utf8");
  } catch (cause) {
    throw new InfermarkError("USAGE", "the result document inside the page is damaged", {
      hint: "take the report as infermark wrote it",
      cause,
    });
  }
}

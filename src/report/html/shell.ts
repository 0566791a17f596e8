import { assetText } from "../../base/assets.ts";
import { type Html, html, trusted } from "./html.ts";

/** A page that needs no network, with its main part. What stands after it may hold scripts; without it the policy of the page lets none run. */
export function wholePage(title: string, main: Html, after?: Html): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'${after === undefined ? "" : "; script-src 'unsafe-inline'"}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<title>${title}</title>
<style>${trusted(assetText("#assets/report/html/style.css"))}</style></head>
<body><main>
${main}
</main>${after && html`\n${after}\n`}</body></html>
`.markup;
}

import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";
import { assetJson } from "../src/base/assets.ts";
import { suites } from "../suites/index.ts";
import { configSchema } from "./config-schema.ts";
import { galleryReadme } from "./gallery/markdown.ts";
import { galleryPage } from "./gallery/page.ts";
import { GALLERY, publishedReport, publishedResults, reportFile } from "./gallery/published.ts";
import { runtimeBehaviour } from "./runtime-behaviour.ts";
import { suiteReadme, withSuiteTable } from "./suite-readme.ts";

/** The text of `src/result/document.gen.ts`: the types of the result document, made from its schema. */
export async function documentTypes(): Promise<string> {
  const schema = assetJson("#reports/schema/result.v1.schema.json");
  return compile(schema as Parameters<typeof compile>[0], "ResultDocument", {
    bannerComment: "// Generated from reports/schema/result.v1.schema.json by `npm run generate`. Do not edit.",
    additionalProperties: false,
    unknownAny: true,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 120 },
  });
}

if (import.meta.filename === process.argv[1]) {
  writeFileSync(new URL("../src/result/document.gen.ts", import.meta.url), await documentTypes());
  writeFileSync(new URL("../reports/schema/infermark.config.schema.json", import.meta.url), configSchema());
  const published = publishedResults();
  writeFileSync(new URL("behaviour.json", GALLERY), runtimeBehaviour(published));
  writeFileSync(new URL("README.md", GALLERY), galleryReadme(published));
  writeFileSync(new URL("index.html", GALLERY), galleryPage(published));
  for (const each of published) writeFileSync(new URL(reportFile(each), GALLERY), await publishedReport(each));
  const readme = new URL("../README.md", import.meta.url);
  writeFileSync(readme, withSuiteTable(readFileSync(readme, "utf8"), suites));
  for (const entry of suites)
    writeFileSync(new URL(`../suites/${entry.suite.id}/README.md`, import.meta.url), suiteReadme(entry));
}

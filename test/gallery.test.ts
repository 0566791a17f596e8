import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { galleryReadme } from "../bin/gallery/markdown.ts";
import { galleryPage } from "../bin/gallery/page.ts";
import { GALLERY, publishedReport, publishedResults, reportFile } from "../bin/gallery/published.ts";
import { extractDocument } from "../src/report/index.ts";

const published = publishedResults();
const read = (file: string) => readFileSync(new URL(file, GALLERY), "utf8");

describe("the gallery of published results (npm run generate renews it)", () => {
  test("has the tables that the documents make", () => {
    expect(read("README.md")).toBe(galleryReadme(published));
    expect(read("index.html")).toBe(galleryPage(published));
  });

  test("links to what is there", () => {
    const links = [...read("index.html").matchAll(/href="([^"]+)"/g)].map(([, href]) => href as string);
    const linksInText = [...read("README.md").matchAll(/\]\(([^)]+)\)/g)].map(([, href]) => href as string);
    expect(links.length).toBeGreaterThan(10);
    expect([...links, ...linksInText].filter((href) => !existsSync(new URL(href, GALLERY)))).toEqual([]);
  });

  test.each(published.map((each) => [reportFile(each), each] as const))(
    "%s is the report of its document",
    async (file, each) => {
      const page = read(file);
      expect(JSON.parse(extractDocument(page))).toEqual(each.document);
      expect(withoutDocument(page)).toBe(withoutDocument(await publishedReport(each)));
    },
  );
});

/** What is compressed differs from one version of Node to another. */
function withoutDocument(page: string): string {
  return page.replace(/(<script type="application\/octet-stream" [^>]*>)[^<]*/, "$1");
}

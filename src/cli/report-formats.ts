import {
  type PrCommentOptions,
  renderBadgeJson,
  renderBadgeSvg,
  renderCsv,
  renderGithub,
  renderHlog,
  renderHtml,
  renderJunit,
  renderMarkdown,
  renderPrComment,
  renderPrometheus,
  renderWindowsCsv,
} from "../report/index.ts";
import type { ResultDocument } from "../result/index.ts";
import { DOCUMENT_FILE } from "./write-reports.ts";

type Render = (document: ResultDocument, options: PrCommentOptions) => string | Promise<string>;

/** What `report render --format` writes, by name. */
export const REPORT_FORMATS: Readonly<Record<string, Render>> = {
  html: (document) => renderHtml(document, { documentFile: DOCUMENT_FILE }),
  junit: renderJunit,
  markdown: renderMarkdown,
  "pr-comment": renderPrComment,
  github: renderGithub,
  "badge-json": renderBadgeJson,
  "badge-svg": renderBadgeSvg,
  prometheus: renderPrometheus,
  csv: renderCsv,
  "csv-windows": renderWindowsCsv,
  hlog: renderHlog,
};

import type { Check } from "../../result/index.ts";
import { type Html, html } from "./html.ts";

const SYMBOLS: Readonly<Record<Check["outcome"], string>> = {
  pass: "✓",
  warn: "!",
  fail: "✕",
  skip: "–",
  inconclusive: "?",
  error: "⚠",
};

/** An outcome as a word with a symbol, so that colour is never the only sign. */
export function outcomeBadge(outcome: Check["outcome"]): Html {
  return html`<span class="badge ${outcome}"><span aria-hidden="true">${SYMBOLS[outcome]}</span> ${outcome}</span>`;
}

/** The symbol alone, for where the word stands beside it or would be repeated too often. */
export function outcomeSymbol(outcome: Check["outcome"]): string {
  return SYMBOLS[outcome];
}

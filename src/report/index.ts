export * from "./comparison.ts";
export * from "./console.ts";
export * from "./github.ts";
export * from "./headline.ts";
export * from "./html/embed.ts";
export * from "./html/page.ts";
export * from "./junit.ts";
export * from "./markdown.ts";
export { plainText } from "./plain-text.ts";

export { profiles, type SuiteEntry, suites } from "../suites/index.ts";
export * from "./conformance/index.ts";
export { createEngine } from "./load/engines/create-engine.ts";
export type { LoadPoint } from "./load/load-point.ts";
export { parseLoadPlan } from "./load/plan.ts";
export { runLoad, runStages } from "./load/run-load.ts";
export { runPlan } from "./load/run-plan.ts";
export { renderHtml, renderJunit, renderMarkdown } from "./report/index.ts";
export { assemble, gate, problemsOf, type ResultDocument, serialize } from "./result/index.ts";

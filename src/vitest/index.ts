export { type DescribeSuiteOptions, describeSuite } from "./describe-suite.ts";

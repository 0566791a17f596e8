export { type DescribeSuiteOptions, describeSuite, type SuiteTarget, type TargetAddresses } from "./describe-suite.ts";

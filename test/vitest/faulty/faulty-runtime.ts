import { createWorld, fixtureModels, inProcess } from "../../../src/reference/index.ts";
import { describeSuite } from "../../../src/vitest/index.ts";
import { suites } from "../../../suites/index.ts";

// A runtime with one fault and without the fixture model iris.
const models = new Map([...fixtureModels()].filter(([name]) => name !== "iris"));
for (const { suite, mutants, reference } of suites.filter(({ suite: { id } }) => id === "v1-rest")) {
  const fault = mutants.find(({ id }) => id === "v1-rest:ready-as-string");
  if (!fault) throw new Error("the fault is gone");
  describeSuite(suite, { target: inProcess({ handlers: [fault.apply(reference)], world: createWorld({ models }) }) });
}

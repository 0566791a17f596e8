import type { ModelInfo, TargetInfo } from "#kit";
import { fixtureModels } from "../../src/reference/index.ts";
import { FIXTURES } from "../../src/target/fixtures.ts";

/** What the probe finds on a correct reference runtime. */
export function referenceInfo(): TargetInfo {
  const served = fixtureModels();
  const names = [...served.keys(), "rows_and_objects"];
  const model = (name: string): ModelInfo => {
    const fixture = FIXTURES.get(name);
    if (!fixture) throw new Error(`${name} is no fixture`);
    const { inputs, outputs } = fixture;
    return {
      name,
      inputs,
      outputs,
      versions: served.get(name)?.versions ?? [],
      platform: "infermark_reference",
      fixture: true,
      foundBy: ["v1-rest", "v2-rest", "v2-grpc"],
    };
  };
  const answers = { answers: true, evidence: "it is the reference runtime" };
  return {
    rest: true,
    grpc: true,
    bindings: { "v1-rest": answers, "v2-rest": answers, "v2-grpc": answers },
    server: { name: "infermark-reference", version: "1.0.0", extensions: ["binary_tensor_data"] },
    models: [
      "identity_fp32",
      ...[...FIXTURES.keys()].filter((name) => name !== "identity_fp32" && names.includes(name)),
    ].map(model),
  };
}

import { refuse } from "../clauses.ts";
import { get, modelPath, refusesUnknown } from "../messages.ts";

export default refuse({
  id: "v2-rest/model-names-are-case-sensitive",
  title: "A model name in another letter case is another model",
  clause: "V2REST-GEN-03",
  kills: ["v2-rest:lower-cases-model-names", "v2-rest:metadata-for-any-name"],
  control: ({ model }) => get(modelPath(model.name)),
  defects: [{ name: "the name in capitals", request: ({ model }) => get(modelPath(flipCase(model.name))) }],
  accept: refusesUnknown,
});

function flipCase(name: string): string {
  const upper = name.toUpperCase();
  return upper === name ? name.toLowerCase() : upper;
}

import { describeAnswer, expect } from "#kit";
import { refuse } from "../clauses.ts";
import { get } from "../messages.ts";

export default refuse({
  id: "v2-rest/unknown-routes-are-refused",
  title: "A path outside the protocol is answered with an error status",
  clause: "V2REST-GEN-08",
  kills: ["v2-rest:catch-all"],
  control: () => get("/v2/health/live"),
  defects: [{ name: "a path that does not exist", request: () => get("/v2/definitely-not-a-route") }],
  accept: (answer) => expect.that((answer.head?.status ?? 0) >= 400, "an error status", describeAnswer(answer)),
});

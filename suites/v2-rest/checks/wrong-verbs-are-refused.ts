import { describeAnswer, type Exchange, type HttpRequest } from "#kit";
import { refuse } from "../clauses.ts";
import { goodInfer } from "../messages.ts";

export default refuse({
  id: "v2-rest/wrong-verbs-are-refused",
  title: "Each endpoint answers only its own verb",
  clause: "V2REST-GEN-07",
  kills: [{ mutant: "v2-rest:infers-on-get", as: "warn" }],
  control: goodInfer,
  defects: [
    { name: "GET on infer", request: (_, control) => ({ ...(control as HttpRequest), method: "GET" }) },
    {
      name: "POST on health/live",
      request: () => ({ protocol: "http", method: "POST", path: "/v2/health/live", headers: [] }),
    },
  ],
  accept(answer: Exchange, { context }) {
    const status = answer.head?.status ?? 0;
    const refused = (status >= 400 && status < 500) || status === 501;
    if (!refused) context.warn(`a wrong verb is answered with ${describeAnswer(answer)}`);
  },
});

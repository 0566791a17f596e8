import {
  type CensusCheck,
  type CheckContext,
  expect,
  given,
  type HttpRequest,
  headerOf,
  LENGTH_HEADER,
  type Observed,
} from "#kit";
import { census } from "../clauses.ts";
import { endpointOf } from "../endpoints.ts";
import { goodInfer, request, succeeded } from "../messages.ts";

type Evidence = Parameters<CensusCheck["over"]>[0];

/** Statuses that a proxy or a limit gives before the endpoint is reached. */
const BEFORE_THE_ENDPOINT = new Set([401, 403, 405, 411, 413, 414, 415, 429, 431, 502, 503, 504]);

function carriesHeader({ exchange }: Observed): boolean {
  return headerOf((exchange.request as HttpRequest).headers, LENGTH_HEADER) !== undefined;
}

/** A server that answers everything alike has not shown that it serves. */
function someServed({ observed }: Evidence): boolean {
  return observed.some((each) => endpointOf(each.exchange.request) === "infer" && succeeded(each.exchange));
}

/** A good inference, and the same one cut short. */
async function goodAndBad(context: CheckContext) {
  const good = goodInfer(context);
  given.that(succeeded(await context.send(good)), "a good inference that succeeds", "another answer");
  const header = headerOf(good.headers, LENGTH_HEADER);
  const bad = await context.send(request(context.model.name, (good.body as Uint8Array).subarray(0, -1), header), {
    invalid: true,
  });
  return { good, bad };
}

export default [
  census({
    id: "v2-binary/refusals-are-error-objects",
    title: "A failed inference in binary form is answered with a JSON object whose error is a string, and no blobs",
    clause: "BIN-30",
    kills: ["v2-binary:errors-in-binary-form", "v2-binary:errors-under-detail"],
    prompt: async (context) => {
      await goodAndBad(context);
    },
    over: (evidence) =>
      (someServed(evidence) ? evidence.observed : []).filter((each) => {
        const status = each.exchange.head?.status ?? 0;
        return !each.exchange.failure && status >= 400 && !BEFORE_THE_ENDPOINT.has(status) && carriesHeader(each);
      }),
    judge({ exchange }) {
      const body = expect.object(exchange);
      const members = Object.keys(body).join(", ") || "no member";
      expect.that(
        typeof body["error"] === "string",
        'a JSON object with a string "error"',
        `an object with ${members}`,
        "/error",
      );
    },
  }),
  census({
    id: "v2-binary/bad-request-leaves-server-serving",
    title: "After a bad request in binary form the server answers the next good one",
    clause: "BIN-17",
    needsSeveral: true,
    kills: ["v2-binary:stops-after-a-short-body"],
    async prompt(context) {
      const { good, bad } = await goodAndBad(context);
      await context.followUp("a body cut short", bad, good);
    },
    over: (evidence) =>
      (someServed(evidence) ? evidence.aftermaths : []).map((each) => ({
        check: each.check,
        exchange: each.followUp,
        aftermath: each,
      })),
    judge({ check, aftermath }) {
      expect.that(
        aftermath.recovered,
        "the good request succeeds again",
        `it fails after "${aftermath.defect}" of ${check}`,
      );
    },
  }),
];

import { type Check, listsVersions, type Suite } from "#kit";
import answers from "./checks/answers.ts";
import details from "./checks/details.ts";
import failures from "./checks/failures.ts";
import input from "./checks/input.ts";
import parameters from "./checks/parameters.ts";
import stream from "./checks/stream.ts";
import { clauses } from "./clauses.ts";
import { endpointOf, succeeded } from "./messages.ts";

const checks: readonly Check[] = [...answers, ...input, ...parameters, ...details, ...stream, ...failures];

/** The draft of text generation beside the Open Inference Protocol, over REST. */
export const suite: Suite = {
  id: "v2-generate",
  title: "Open Inference Protocol text generation (draft) over REST",
  transport: "rest",
  specifications: [{ document: "Open Inference Protocol, generate_rest.yaml", revision: "draft 1.0.0" }],
  features: { versions: listsVersions },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  alive: () => ({ protocol: "http", method: "GET", path: "/v2/health/live", headers: [] }),
};

import { checksOf, clauseRegistry, expect } from "infermark/kit";

const clauses = clauseRegistry({
  "ACME-01": {
    level: "must",
    basis: "declared",
    says: "GET /acme/health is answered with status 200.",
    source: { document: "the handbook of acme", section: "Health" },
  },
});

const { observe } = checksOf();

/** @type {import("infermark/kit").HttpRequest} */
const health = { protocol: "http", method: "GET", path: "/acme/health", headers: [] };

/** @type {import("infermark/kit").Suite} */
const suite = {
  id: "acme",
  title: "Additions of acme",
  transport: "rest",
  specifications: [{ document: "the handbook of acme", revision: "3" }],
  features: {},
  clauses,
  checks: [
    observe({
      id: "acme/health-answers-200",
      title: "GET /acme/health is answered with status 200",
      clause: "ACME-01",
      kills: [],
      async run(context) {
        expect.status(await context.send(health), 200);
      },
    }),
  ],
  retired: {},
  endpointOf: () => "health",
  succeeded: (exchange) => exchange.head?.status === 200,
  alive: () => health,
};

export default suite;

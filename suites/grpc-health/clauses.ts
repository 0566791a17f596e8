import { checksOf, clauseRegistry } from "#kit";

/** The documents that state the clauses. */
const GRPC_H = "grpc/grpc-proto: grpc/health/v1/health.proto";
const T_README = "triton-server/docs/protocol/README.md";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-HEALTHV1": "Optional suite; UNIMPLEMENTED on Watch/List is fine; unknown service answered SERVING → warn.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "HEALTH-01": {
    level: "may",
    basis: "keyword",
    says: "A server may expose grpc.health.v1.Health (Triton does; KServe Python, MLServer, OVMS and TorchServe sources show none).",
    source: { document: T_README, section: "HTTP/REST and GRPC Protocol" },
    treatment: treatments["AMB-HEALTHV1"],
  },
  "HEALTH-02": {
    level: "should",
    basis: "keyword",
    says: "Check with an empty service → overall status; SERVING=1 when ready.",
    source: { document: GRPC_H, section: "Check" },
    treatment: treatments["AMB-HEALTHV1"],
  },
  "HEALTH-03": {
    level: "must",
    basis: "declared",
    says: "Check for an unknown service → NOT_FOUND.",
    source: { document: GRPC_H, section: "Check" },
    treatment: treatments["AMB-HEALTHV1"],
  },
  "HEALTH-04": {
    level: "should",
    basis: "keyword",
    says: "Check is idempotent and free of side effects.",
    source: { document: GRPC_H, section: "Check" },
  },
  "HEALTH-05": {
    level: "must",
    basis: "declared",
    says: "Watch, if offered, sends the current status at once and then each change; unknown service → SERVICE_UNKNOWN without ending the call.",
    source: { document: GRPC_H, section: "Watch" },
    treatment: treatments["AMB-HEALTHV1"],
  },
  "HEALTH-06": {
    level: "must",
    basis: "declared",
    says: "List, if offered, is a snapshot of at most 100 services, RESOURCE_EXHAUSTED above that.",
    source: { document: GRPC_H, section: "List" },
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

import { checksOf, clauseRegistry } from "#kit";

/** The documents that state the clauses. */
const KS_PY = "kserve/python/kserve/kserve/protocol";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-REPO-INDEX": "Always send {}; state is any non-empty string; record.",
  "AMB-REPO-WIRE":
    "Only a server that lists its models at GET /v2/models, as KServe's alone does, is asked over gRPC. UNIMPLEMENTED → skipped.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "KSREPO-01": {
    level: "must",
    basis: "implied",
    says: 'KServe: POST /v2/repository/models/{m}/load → 200 {"name":m,"load":true}; failure 503 {"error"}.',
    source: { document: KS_PY, section: "rest/v2_endpoints.py" },
    treatment: treatments["AMB-REPO-INDEX"],
  },
  "KSREPO-02": {
    level: "must",
    basis: "implied",
    says: 'KServe: POST …/unload → 200 {"name":m,"unload":true}; unknown → 404 {"error"}.',
    source: { document: KS_PY, section: "rest/v2_endpoints.py" },
  },
  "KSREPO-03": {
    level: "must",
    basis: "implied",
    says: "KServe gRPC RepositoryModelLoad/Unload use model_name = field 1 and answer {model_name, isLoaded|isUnloaded}.",
    source: { document: KS_PY, section: "grpc/grpc_predict_v2.proto" },
    treatment: treatments["AMB-REPO-WIRE"],
  },
  "KSREPO-04": {
    level: "must",
    basis: "implied",
    says: 'KServe: GET /v2/models → 200 {"models":[names]} (not in the protocol).',
    source: { document: KS_PY, section: "rest/v2_endpoints.py" },
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

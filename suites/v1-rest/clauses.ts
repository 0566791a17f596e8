import { checksOf, clauseRegistry } from "#kit";

/** The documents that state the clauses. */
const KS_T = "kserve/python/kserve/test/test_server.py";
const TFS_C = "tensorflow/serving/tensorflow_serving/model_servers";
const TFS_R = "tensorflow/serving/tensorflow_serving/g3doc/api_rest.md";
const WEB_V1 = "kserve-website/docs/concepts/architecture/data-plane/v1-protocol.md";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-422":
    'Accept any 4xx. 5xx for a client fault → warn only ("blames the server"): Triton, KServe and MLServer all do it in some case, and the text says just "an HTTP error status". Connection reset → fail, 2xx → fail.',
  "AMB-ERR-BODY":
    "It is a real MUST for infer and metadata, so fail it — but in ONE clause per endpoint kind, reporting each distinct body shape once, so a framework default does not sink every negative test. For routing/verb/health errors record only.",
  "AMB-METHOD": "Accept any 4xx or 501; 2xx → warn for a wrong verb on a known route, fail for an unknown route.",
  "AMB-NAN":
    "REST: record form; fail only if the body parses neither strictly nor with the three tokens, or a finite number is substituted; null → warn. gRPC and binary: must survive, fail otherwise.",
  "AMB-UNKNOWN-MODEL": "Accept 400 or 404; other 4xx → warn; 5xx → warn; 2xx → fail.",
  "AMB-UNLOADED":
    "A model is held not ready by unloading it through the model repository API, where the target has one; skipped elsewhere.",
  "AMB-V1-CT":
    "application/json in any case and with charset=utf-8: must work (fail). Form type as in the curl example, or none: non-2xx → warn. Other types: record.",
  "AMB-V1-EVENTS":
    "Only KServe's server takes CloudEvents: refused, or answered as an ordinary request → skipped; answered as an event → judged.",
  "AMB-V1-EXPLAIN": "explanations required, predictions optional (record).",
  "AMB-V1-INPUTS": "KServe profile: predictions required, outputs → warn. Both keys: record.",
  "AMB-V1-LOOSE": "Only status and JSON-ness fail; missing predictions → warn.",
  "AMB-V1-READY": "Accept 200 false, 404, 503; 200 true → fail.",
  "AMB-V1-TFS": "Two suites (V1, TFS); auto-detect by which key appears; never fail one for being the other.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "V1-LIST-01": {
    level: "must",
    basis: "declared",
    says: 'GET /v1/models → {"models":[names]}.',
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-V1-TFS"],
  },
  "V1-READY-01": {
    level: "must",
    basis: "declared",
    says: 'GET /v1/models/{m} → {"name":m,"ready":true} when the model can serve.',
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-V1-TFS"],
  },
  "V1-READY-02": {
    level: "must",
    basis: "implied",
    says: 'Unknown model → error (KServe 404 {"error"}).',
    source: { document: KS_T, section: "test_unknown_model_v1" },
    treatment: treatments["AMB-UNKNOWN-MODEL"],
  },
  "V1-READY-03": {
    level: "must",
    basis: "implied",
    says: 'A registered model that is not ready → KServe answers 503 {"error"}; the page promises a boolean.',
    source: { document: KS_T, section: "TestTFHttpServerModelNotReady" },
    treatment: [treatments["AMB-V1-READY"], treatments["AMB-UNLOADED"]].join(" "),
  },
  "V1-PREDICT-01": {
    level: "must",
    basis: "declared",
    says: 'POST /v1/models/{m}:predict with {"instances":[…]} → 200 {"predictions":[…]}.',
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-02": {
    level: "must",
    basis: "declared",
    says: '{"inputs":[…]} is accepted as an equal of instances.',
    source: { document: WEB_V1, section: "Request Format" },
    treatment: treatments["AMB-V1-INPUTS"],
  },
  "V1-PREDICT-03": {
    level: "must",
    basis: "implied",
    says: "One prediction per instance, in order.",
    source: { document: WEB_V1, section: "Predict API" },
  },
  "V1-PREDICT-04": {
    level: "must",
    basis: "declared",
    says: "Instances may be nested arrays or objects keyed by feature.",
    source: { document: WEB_V1, section: "Request Format" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-05": {
    level: "must",
    basis: "implied",
    says: "`instances` must be a list (KServe 400; the TFS grammar line also writes a bare value, its parser refuses it).",
    source: { document: KS_T, section: "TestModel.test_validate" },
    treatment: treatments["AMB-422"],
  },
  "V1-PREDICT-06": {
    level: "must",
    basis: "implied",
    says: 'Malformed JSON → 400 {"error"}.',
    source: { document: KS_T, section: "TestTFHttpServerCloudEvent" },
    treatment: treatments["AMB-ERR-BODY"],
  },
  "V1-PREDICT-07": {
    level: "must",
    basis: "implied",
    says: "Body with neither key: TFS refuses; KServe hands the object to the model.",
    source: { document: TFS_C, section: "../util/json_tensor.cc" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-08": {
    level: "must",
    basis: "implied",
    says: "Both keys at once: TFS refuses; KServe's helper prefers inputs.",
    source: { document: TFS_R, section: "Request format" },
    treatment: treatments["AMB-V1-INPUTS"],
  },
  "V1-PREDICT-09": {
    level: "must",
    basis: "implied",
    says: "Unknown model → error, KServe and TFS 404.",
    source: { document: KS_T, section: "test_unknown_model_v1" },
    treatment: treatments["AMB-UNKNOWN-MODEL"],
  },
  "V1-PREDICT-10": {
    level: "must",
    basis: "implied",
    says: "Model not ready → error (KServe 503).",
    source: { document: KS_T, section: "TestTFHttpServerModelNotReady" },
    treatment: treatments["AMB-UNLOADED"],
  },
  "V1-PREDICT-11": {
    level: "must",
    basis: "implied",
    says: "Success is application/json.",
    source: { document: KS_T, section: "test_predict_v1" },
  },
  "V1-PREDICT-12": {
    level: "must",
    basis: "implied",
    says: "An empty instances list: unspecified.",
    source: { document: WEB_V1, section: "Request Format" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-13": {
    level: "must",
    basis: "implied",
    says: "Non-finite numbers: TFS allows the tokens, KServe's parser refuses them.",
    source: { document: TFS_R, section: "JSON conformance" },
    treatment: treatments["AMB-NAN"],
  },
  "V1-PREDICT-14": {
    level: "may",
    basis: "keyword",
    says: "A custom server may define its own response payload.",
    source: { document: WEB_V1, section: "Payload Format" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-15": {
    level: "must",
    basis: "implied",
    says: "The verb is part of the last path segment, after a colon; other verbs are not found.",
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-METHOD"],
  },
  "V1-PREDICT-16": {
    level: "may",
    basis: "keyword",
    says: "The payload is called optional: a predict or explain call may come without one.",
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-V1-LOOSE"],
  },
  "V1-PREDICT-17": {
    level: "must",
    basis: "implied",
    says: "A JSON request stays JSON with media-type parameters or another letter case.",
    source: { document: WEB_V1, section: "Payload Format" },
    treatment: treatments["AMB-V1-CT"],
  },
  "V1-PREDICT-18": {
    level: "must",
    basis: "implied",
    says: "The page's own curl example works as printed (no content-type option, so the form media type).",
    source: { document: WEB_V1, section: "Predict API" },
    treatment: treatments["AMB-V1-CT"],
  },
  "V1-CE-01": {
    level: "must",
    basis: "implied",
    says: "KServe: a structured CloudEvent in → a structured CloudEvent out (application/cloudevents+json).",
    source: { document: KS_T, section: "TestTFHttpServerCloudEvent" },
    treatment: treatments["AMB-V1-EVENTS"],
  },
  "V1-CE-02": {
    level: "must",
    basis: "implied",
    says: "KServe: a binary CloudEvent in → ce-* response headers and application/json.",
    source: { document: KS_T, section: "TestTFHttpServerCloudEvent" },
    treatment: treatments["AMB-V1-EVENTS"],
  },
  "V1-EXPLAIN-01": {
    level: "may",
    basis: "keyword",
    says: "Explain is optional: POST /v1/models/{m}:explain.",
    source: { document: WEB_V1, section: "API Definitions" },
  },
  "V1-EXPLAIN-02": {
    level: "must",
    basis: "declared",
    says: "When offered: same request shapes as predict; response has `explanations` (and `predictions` by the table).",
    source: { document: WEB_V1, section: "API Endpoints" },
    treatment: treatments["AMB-V1-EXPLAIN"],
  },
  "V1-HEALTH-01": {
    level: "must",
    basis: "implied",
    says: 'V1 has no server readiness endpoint; KServe answers GET / with {"status":"alive"}.',
    source: { document: WEB_V1, section: "Limitations" },
    treatment: treatments["AMB-V1-READY"],
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

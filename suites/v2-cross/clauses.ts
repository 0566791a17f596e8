import { checksOf, clauseRegistry } from "#kit";

/** The documents that describe one server over two transports. */
const OIP_R = "open-inference-protocol/specification/protocol/inference_rest.md";
const OIP_G = "open-inference-protocol/specification/protocol/inference_grpc.md";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-OUTPUT-FILTER":
    "Missing a requested output → fail. Extra outputs → warn. Unknown name: refused → pass; accepted with the known outputs → warn; accepted with an empty or invented output → fail.",
  "AMB-VERSION-UNSUPPORTED":
    "Run only when metadata.versions is non-empty. Otherwise: any non-2xx passes; 200/OK that ignores an explicit version → warn.",
  "AMB-BIGINT":
    "Compare as big integers. Silently changed value → fail; refusal → warn. The client must not parse with doubles.",
  "AMB-FP16-JSON": "Accept 4xx+error or exact values. Wrong values → fail.",
  "X-DIFFERENCES": "What differs in extension lists or version lists warns; what only one transport lists is named.",
  "X-DETERMINISM":
    "Each form is asked twice first; a model that answers itself differently is not judged. A form that refuses the elements is left out: whether it must take them is another clause. What JSON has no form for (NaN, infinities, the sign of zero, bytes that are no UTF-8) is compared among the other forms.",
} as const;

/** Every statement about what a server answers over both transports. */
export const clauses = clauseRegistry({
  "V2X-META-01": {
    level: "must",
    basis: "implied",
    says: "REST and gRPC describe the same server (name, version); extension lists are compared as sets.",
    source: { document: OIP_G, section: "gRPC" },
    treatment: treatments["X-DIFFERENCES"],
  },
  "V2X-META-02": {
    level: "must",
    basis: "implied",
    says: "REST and gRPC describe the same model (versions, platform, tensors).",
    source: { document: OIP_G, section: "gRPC" },
    treatment: treatments["X-DIFFERENCES"],
  },
  "V2X-READY-01": {
    level: "must",
    basis: "implied",
    says: "Readiness agrees between transports at rest.",
    source: { document: OIP_G, section: "gRPC" },
  },
  "V2X-INFER-01": {
    level: "must",
    basis: "implied",
    says: "The same tensors give the same result on both transports, bit for bit where REST can carry the bits.",
    source: { document: OIP_G, section: "gRPC" },
    treatment: [treatments["X-DETERMINISM"], treatments["AMB-BIGINT"], treatments["AMB-FP16-JSON"]].join(" "),
  },
  "V2X-INFER-02": {
    level: "must",
    basis: "implied",
    says: "Id echo works on both.",
    source: { document: `${OIP_G}; ${OIP_R}`, section: "Inference; Inference Request JSON Object" },
  },
  "V2X-ERR-01": {
    level: "must",
    basis: "implied",
    says: "A request invalid on one transport is invalid on the other.",
    source: { document: OIP_G, section: "gRPC" },
    treatment: [treatments["AMB-OUTPUT-FILTER"], treatments["AMB-VERSION-UNSUPPORTED"], "A difference warns."].join(
      " ",
    ),
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

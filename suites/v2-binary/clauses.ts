import { checksOf, clauseRegistry } from "#kit";

/** The documents that state the clauses. */
const OIP_R = "open-inference-protocol/specification/protocol/inference_rest.md";
const T_BIN = "triton-server/docs/protocol/extension_binary_data.md";
const WEB_BIN = "kserve-website/docs/concepts/architecture/data-plane/v2-protocol/binary-tensor-data-extension.md";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-BDO":
    "Outputs absent: binary required (fail). Listed without binary_data: accept both, record — three servers, three readings.",
  "AMB-BIN-BOTH": "200 with the `data` values → warn; 200 with the blob → warn; other → fail.",
  "AMB-BIN-CT": "Type record-only; if Content-Length is present it must be right; chunked → warn.",
  "AMB-BIN-DECL": "Run BIN when declared or when the operator asks for it; undeclared support → record.",
  "AMB-BIN-NOHDR": "4xx pass; 5xx warn; 2xx fail.",
  "AMB-BIN-RAWREQ":
    "KServe's text of the extension has no raw requests, so refusal → pass. Accepted: Triton's text holds; values that nobody sent → fail.",
  "AMB-BIN-TRAILING": "200 → warn.",
  "AMB-COUNT":
    "2xx/OK → fail, except one value repeated over the shape, which is what the worked example sends → warn. 4xx or INVALID_ARGUMENT → pass. 5xx/INTERNAL → warn.",
  "AMB-ERR-BODY":
    "It is a real MUST for infer and metadata, so fail it — but in ONE clause per endpoint kind, reporting each distinct body shape once, so a framework default does not sink every negative test. For routing/verb/health errors record only.",
  "AMB-SENDER-RULE":
    'Refusal → pass (5xx/INTERNAL → warn). Accepted: a member listed under `required` in the YAML is missing or has another JSON kind → fail; contradictory content with one side silently chosen, or invented values → fail; accepted with the only reasonable reading and right values → warn. A more specific entry on the clause wins. Report these as "accepts an invalid request", apart from "breaks a rule of its own".',
  "AMB-ZERO-DIM": "Record; crash → fail.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "BIN-01": {
    level: "must",
    basis: "declared",
    says: "A server that supports the extension lists `binary_tensor_data` among its extensions (Triton text; the KServe page says nothing).",
    source: { document: T_BIN, section: "Binary Tensor Data Extension" },
    treatment: treatments["AMB-BIN-DECL"],
  },
  "BIN-02": {
    level: "must",
    basis: "declared",
    says: "Binary numbers are little-endian, row-major, unpadded, at native size.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-03": {
    level: "must",
    basis: "declared",
    says: "BOOL is one byte: 1 true, 0 false.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-04": {
    level: "must",
    basis: "declared",
    says: "A BYTES element is a 4-byte unsigned little-endian length and then the bytes.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-05": {
    level: "must",
    basis: "declared",
    says: "An input with parameter `binary_data_size` (integer, bytes) takes its contents from the body after the JSON.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-06": {
    level: "must",
    basis: "declared",
    says: "Blobs follow the JSON in the order the inputs appear in the JSON.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-07": {
    level: "must",
    basis: "declared",
    says: "JSON and binary inputs can be mixed in a request; JSON inputs consume no bytes.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-08": {
    level: "must",
    basis: "keyword",
    says: "If any binary data is present in a request, Inference-Header-Content-Length gives the JSON length.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-BIN-NOHDR"],
  },
  "BIN-09": {
    level: "must",
    basis: "keyword",
    says: "The same header is present on a response that holds binary data, with the JSON length in bytes.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-10": {
    level: "must",
    basis: "declared",
    says: "Content-Length remains the length of the whole body.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-BIN-CT"],
  },
  "BIN-11": {
    level: "must",
    basis: "declared",
    says: "`binary_data: true` on a requested output returns it as binary: `binary_data_size` in its parameters, no `data`.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-12": {
    level: "must",
    basis: "declared",
    says: "`binary_data` false or absent returns JSON (unless binary_data_output says otherwise).",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-13": {
    level: "must",
    basis: "declared",
    says: "`binary_data_output: true` in the request parameters makes all outputs binary.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-BDO"],
  },
  "BIN-14": {
    level: "must",
    basis: "declared",
    says: "`binary_data` on an output overrides `binary_data_output`, in both directions.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-15": {
    level: "must",
    basis: "declared",
    says: "Response blobs follow the JSON in the order of the outputs in that JSON.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-16": {
    level: "must",
    basis: "implied",
    says: "`binary_data_size` must equal what shape and datatype call for.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-COUNT"],
  },
  "BIN-17": {
    level: "must",
    basis: "implied",
    says: "A body shorter than the declared blobs is an error.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-18": {
    level: "must",
    basis: "implied",
    says: "Bytes left over after the last blob are an error.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-BIN-TRAILING"],
  },
  "BIN-19": {
    level: "must",
    basis: "implied",
    says: "A header value that is negative, non-numeric or larger than the body is an error.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-20": {
    level: "must",
    basis: "implied",
    says: "An input gives its contents one way: `data` with `binary_data_size` is contradictory.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-BIN-BOTH"],
  },
  "BIN-21": {
    level: "must",
    basis: "implied",
    says: "`binary_data_size` is an integer; string, float or negative → error.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-SENDER-RULE"],
  },
  "BIN-22": {
    level: "must",
    basis: "implied",
    says: "Bodies with binary data are application/octet-stream (by example only).",
    source: { document: T_BIN, section: "Examples" },
    treatment: treatments["AMB-BIN-CT"],
  },
  "BIN-23": {
    level: "must",
    basis: "implied",
    says: "A pure-JSON request may ask for binary outputs, and a binary request may ask for JSON outputs.",
    source: { document: WEB_BIN, section: "Requesting All Outputs As Binary Data" },
  },
  "BIN-24": {
    level: "must",
    basis: "implied",
    says: "FP16 is exact through the extension (a stated purpose of it).",
    source: { document: WEB_BIN, section: "Binary Tensor Data Extension" },
  },
  "BIN-25": {
    level: "must",
    basis: "implied",
    says: "Non-finite floats survive bit-exactly through the extension.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
  },
  "BIN-26": {
    level: "must",
    basis: "implied",
    says: "A zero-length blob (`binary_data_size: 0`) goes with a zero-size tensor.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-ZERO-DIM"],
  },
  "BIN-27": {
    level: "must",
    basis: "keyword",
    says: "Raw request (Triton's text alone): header value 0 means the whole body is the data of the single input.",
    source: { document: T_BIN, section: "Raw Binary Request" },
    treatment: treatments["AMB-BIN-RAWREQ"],
  },
  "BIN-28": {
    level: "must",
    basis: "implied",
    says: "Raw request: only for models with one input and at most one variable dimension (BYTES: shape [1]); others are refused.",
    source: { document: T_BIN, section: "Raw Binary Request" },
    treatment: treatments["AMB-BIN-RAWREQ"],
  },
  "BIN-29": {
    level: "must",
    basis: "declared",
    says: "Raw request: all outputs come back in binary form, and a batching model sees batch 1.",
    source: { document: T_BIN, section: "Raw Binary Request" },
    treatment: treatments["AMB-BIN-RAWREQ"],
  },
  "BIN-30": {
    level: "must",
    basis: "implied",
    says: 'A failed request in binary form is reported like any other: error status and a JSON {"error"} without blobs.',
    source: { document: OIP_R, section: "Inference Response JSON Error Object" },
    treatment: treatments["AMB-ERR-BODY"],
  },
  "BIN-31": {
    level: "must",
    basis: "implied",
    says: "BYTES framing inside a blob agrees with the blob and with the shape.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-COUNT"],
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

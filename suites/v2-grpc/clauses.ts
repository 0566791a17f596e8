import { checksOf, clauseRegistry } from "#kit";

/** The documents that state the clauses. */
const OIP_G = "open-inference-protocol/specification/protocol/inference_grpc.md";
const OIP_P = "open-inference-protocol/specification/protocol/open_inference_grpc.proto";
const OIP_R = "open-inference-protocol/specification/protocol/inference_rest.md";
const REQ = "kserve/docs/predict-api/v2/required_api.md";
const T_BIN = "triton-server/docs/protocol/extension_binary_data.md";

/** How statements are graded where the sources are silent or disagree. */
const treatments = {
  "AMB-BF16": "Run BF16 cases only when metadata declares BF16; accept it in metadata.",
  "AMB-BYTES-JSON":
    "Assert UTF-8 text only. NUL and non-UTF-8: warn over JSON, fail over binary, raw and typed gRPC (a bytes field).",
  "AMB-COERCE": "Record; only an unexplained value in a 200 fails.",
  "AMB-COUNT":
    "2xx/OK → fail, except one value repeated over the shape, which is what the worked example sends → warn. 4xx or INVALID_ARGUMENT → pass. 5xx/INTERNAL → warn.",
  "AMB-DATATYPE-CASE": "200 for a lower-case datatype → warn (leniency harms no correct client); wrong values → fail.",
  "AMB-DUP": "Record only; crash or reset → fail.",
  "AMB-EMPTY-CONTENTS": "Empty contents = not specified, with a warning; non-empty → fail.",
  "AMB-EMPTY-INPUTS": "Accept 4xx; 5xx warn; 200 with an empty outputs list → warn; 200 with invented data → fail.",
  "AMB-GRPC-CODES":
    "Accept sets — unknown model: {NOT_FOUND, INVALID_ARGUMENT}; client fault: {INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED}; not ready: {UNAVAILABLE, FAILED_PRECONDITION, NOT_FOUND}. INTERNAL/UNKNOWN → warn. OK → fail.",
  "AMB-GRPC-MREADY": "Accept OK+false or any non-OK; UNKNOWN/INTERNAL → warn; OK+true → fail.",
  "AMB-GRPC-PACKAGE":
    'Fail under the standard profile ("service not found at inference.GRPCInferenceService"), and offer a TorchServe profile that overrides the path so the rest can still be graded.',
  "AMB-HEALTH-FALSE":
    "Accept any 4xx or 503; other 5xx → warn. 2xx/3xx: server live/ready → fail; model ready with an explicit false in the body → warn, otherwise fail. On gRPC accept OK+false or UNAVAILABLE/FAILED_PRECONDITION.",
  "AMB-INT-OVERFLOW":
    "4xx pass; wrap warn; 5xx warn; the out-of-range value itself in the output → fail (V2REST-RESP-17).",
  "AMB-META-REQUIRED": "Missing or empty → warn; wrong type, or a list that leaves out a tensor → fail.",
  "AMB-NAN":
    "REST: record form; fail only if the body parses neither strictly nor with the three tokens, or a finite number is substituted; null → warn. gRPC and binary: must survive, fail otherwise.",
  "AMB-NEG-DIM":
    "REST: -1 or a numeric string accepted with the one reasonable reading → warn; fractional or null accepted → fail; 1.0 record. gRPC: -1 record.",
  "AMB-OUTPUT-FILTER":
    "Missing a requested output → fail. Extra outputs → warn. Unknown name: refused → pass; accepted with the known outputs → warn; accepted with an empty or invented output → fail.",
  "AMB-RAW-LAYOUT": 'Assert little-endian and 4-byte framing; label the clause "convention" in reports.',
  "AMB-RAW-SURPLUS":
    "Fewer entries than inputs: OK → fail. Surplus: refusal → pass, ignored with a right result → warn.",
  "AMB-RAW-VS-TYPED": "Decode either.",
  "AMB-SENDER-RULE":
    'Refusal → pass (5xx/INTERNAL → warn). Accepted: a member listed under `required` in the YAML is missing or has another JSON kind → fail; contradictory content with one side silently chosen, or invented values → fail; accepted with the only reasonable reading and right values → warn. A more specific entry on the clause wins. Report these as "accepts an invalid request", apart from "breaks a rule of its own".',
  "AMB-SHAPE-ENFORCE":
    "Refusal → pass. 2xx/OK whose output is right for the tensor as sent → warn. 2xx/OK whose output shape or values fit neither the tensor sent nor the declared one → fail.",
  "AMB-UNKNOWN-INPUT":
    "Refusal → pass. Surplus input ignored and the result right → warn. Only input renamed: result computed from the renamed tensor → warn (bound by position); a result that needs values nobody sent → fail.",
  "AMB-UNKNOWN-PARAM": 'Use a neutral name such as "suite_probe"; rejection → warn.',
  "AMB-VERSION-UNSUPPORTED":
    "Run only when metadata.versions is non-empty. Otherwise: any non-2xx passes; 200/OK that ignores an explicit version → warn.",
  "AMB-WRONG-FIELD": "Wrong field accepted → warn; two fields → record.",
} as const;

/** Every statement of this binding that a check judges or records, or that cannot be observed from outside. */
export const clauses = clauseRegistry({
  "V2GRPC-GEN-01": {
    level: "must",
    basis: "keyword",
    says: "A server that offers gRPC implements all six unary calls (ServerLive, ServerReady, ModelReady, ServerMetadata, ModelMetadata, ModelInfer) of service GRPCInferenceService.",
    source: { document: OIP_G, section: "gRPC" },
  },
  "V2GRPC-GEN-02": {
    level: "must",
    basis: "implied",
    says: "The protobuf package is `inference`, so paths are /inference.GRPCInferenceService/<Method>.",
    source: { document: OIP_P, section: "package" },
    treatment: treatments["AMB-GRPC-PACKAGE"],
  },
  "V2GRPC-GEN-03": {
    level: "must",
    basis: "declared",
    says: "Success is status OK; any failure is another status code. Which code is not named anywhere.",
    source: { document: OIP_G, section: "Health" },
    treatment: treatments["AMB-GRPC-CODES"],
  },
  "V2GRPC-GEN-04": {
    level: "must",
    basis: "implied",
    says: "Unknown fields are ignored (proto3), so newer clients keep working.",
    source: { document: OIP_P, section: "syntax" },
  },
  "V2GRPC-GEN-05": {
    level: "must",
    basis: "declared",
    says: "Strings are case-sensitive.",
    source: { document: REQ, section: "GRPC" },
    treatment: treatments["AMB-DATATYPE-CASE"],
  },
  "V2GRPC-GEN-06": {
    level: "must",
    basis: "implied",
    says: "A failing status carries a message a reader can use.",
    source: { document: OIP_G, section: "Health" },
  },
  "V2GRPC-GEN-07": {
    level: "must",
    basis: "implied",
    says: "Many calls can be in flight on one connection without mixing responses.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-GEN-08": {
    level: "must",
    basis: "implied",
    says: "A failed call leaves the server live.",
    source: { document: OIP_G, section: "Server Live" },
  },
  "V2GRPC-LIVE-01": {
    level: "must",
    basis: "declared",
    says: "ServerLive returns live=true while the server can receive metadata and inference calls.",
    source: { document: OIP_G, section: "Server Live" },
  },
  "V2GRPC-LIVE-02": {
    level: "must",
    basis: "declared",
    says: "A server that is not live says live=false.",
    source: { document: OIP_G, section: "Server Live" },
    treatment: treatments["AMB-HEALTH-FALSE"],
    notObservable: "Only a server that can be told to be alive and not live at once would show it.",
  },
  "V2GRPC-READY-01": {
    level: "must",
    basis: "declared",
    says: "ServerReady returns ready=true when the server is ready for inference.",
    source: { document: OIP_G, section: "Server Ready" },
  },
  "V2GRPC-MREADY-01": {
    level: "must",
    basis: "declared",
    says: "ModelReady returns ready=true for a loaded model.",
    source: { document: OIP_G, section: "Model Ready" },
  },
  "V2GRPC-MREADY-04": {
    level: "must",
    basis: "implied",
    says: "A model that does not exist is never ready.",
    source: { document: OIP_G, section: "Model Ready" },
    treatment: treatments["AMB-GRPC-MREADY"],
  },
  "V2GRPC-MREADY-05": {
    level: "must",
    basis: "implied",
    says: "A version that does not exist is never ready.",
    source: { document: OIP_G, section: "Model Ready" },
    treatment: treatments["AMB-VERSION-UNSUPPORTED"],
  },
  "V2GRPC-SMETA-01": {
    level: "must",
    basis: "declared",
    says: "ServerMetadata returns name, version and the list of extensions.",
    source: { document: OIP_G, section: "Server Metadata" },
  },
  "V2GRPC-MMETA-01": {
    level: "must",
    basis: "declared",
    says: "ModelMetadata returns the model name, versions available, platform, inputs and outputs.",
    source: { document: OIP_G, section: "Model Metadata" },
    treatment: treatments["AMB-META-REQUIRED"],
  },
  "V2GRPC-MMETA-02": {
    level: "must",
    basis: "declared",
    says: "A variable-size dimension is -1.",
    source: { document: OIP_G, section: "Model Metadata" },
  },
  "V2GRPC-MMETA-03": {
    level: "must",
    basis: "implied",
    says: "Unknown model → non-OK status.",
    source: { document: OIP_G, section: "Model Metadata" },
    treatment: treatments["AMB-GRPC-CODES"],
  },
  "V2GRPC-MMETA-04": {
    level: "must",
    basis: "implied",
    says: "Empty version → server's choice; a listed version → OK; an unlisted one → non-OK.",
    source: { document: OIP_G, section: "Model Metadata" },
    treatment: treatments["AMB-VERSION-UNSUPPORTED"],
  },
  "V2GRPC-MMETA-06": {
    level: "must",
    basis: "implied",
    says: "Declared datatypes and shapes agree with what ModelInfer accepts and returns.",
    source: { document: OIP_G, section: "Model Metadata" },
  },
  "V2GRPC-MMETA-07": {
    level: "must",
    basis: "implied",
    says: "Descriptor datatypes come from the Tensor Data Types table, spelled exactly.",
    source: { document: OIP_G, section: "Tensor Data Types" },
    treatment: treatments["AMB-BF16"],
  },
  "V2GRPC-INFER-01": {
    level: "must",
    basis: "declared",
    says: "`model_name` selects the model; unknown or empty → non-OK.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-GRPC-CODES"],
  },
  "V2GRPC-INFER-02": {
    level: "must",
    basis: "declared",
    says: "An empty `model_version` lets the server choose.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-INFER-03": {
    level: "must",
    basis: "implied",
    says: "A version that does not exist → non-OK.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-VERSION-UNSUPPORTED"],
  },
  "V2GRPC-INFER-04": {
    level: "must",
    basis: "declared",
    says: "A request id is returned in the response.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-INFER-06": {
    level: "must",
    basis: "keyword",
    says: "BOOL data in typed form travels in `bool_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-07": {
    level: "must",
    basis: "keyword",
    says: "INT8, INT16 and INT32 data in typed form travels in `int_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-08": {
    level: "must",
    basis: "keyword",
    says: "INT64 data in typed form travels in `int64_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-09": {
    level: "must",
    basis: "keyword",
    says: "UINT8, UINT16 and UINT32 data in typed form travels in `uint_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-10": {
    level: "must",
    basis: "keyword",
    says: "UINT64 data in typed form travels in `uint64_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-11": {
    level: "must",
    basis: "keyword",
    says: "FP32 data in typed form travels in `fp32_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-12": {
    level: "must",
    basis: "keyword",
    says: "FP64 data in typed form travels in `fp64_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-13": {
    level: "must",
    basis: "keyword",
    says: "BYTES data in typed form travels in `bytes_contents`, flattened row-major.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-INFER-14": {
    level: "must",
    basis: "keyword",
    says: "The element count of the typed field equals what the shape implies.",
    source: { document: OIP_G, section: "Tensor Data" },
    treatment: [treatments["AMB-COUNT"], treatments["AMB-GRPC-CODES"]].join(" "),
  },
  "V2GRPC-INFER-15": {
    level: "must",
    basis: "implied",
    says: "Contents must be in the field that belongs to the datatype.",
    source: { document: OIP_P, section: "InferTensorContents" },
    treatment: [treatments["AMB-WRONG-FIELD"], treatments["AMB-SENDER-RULE"]].join(" "),
  },
  "V2GRPC-INFER-17": {
    level: "must",
    basis: "keyword",
    says: "Tensor values are one-dimensional, row-major, without stride or padding.",
    source: { document: OIP_G, section: "Tensor Data" },
  },
  "V2GRPC-RAW-01": {
    level: "must",
    basis: "keyword",
    says: "With raw form, `raw_input_contents` has one entry per input, in the order of `inputs`.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RAW-02": {
    level: "must",
    basis: "keyword",
    says: "Raw form has data for each input, so fewer entries than inputs is an error; surplus entries are not named by the text.",
    source: { document: OIP_G, section: "Inference" },
    treatment: [treatments["AMB-GRPC-CODES"], treatments["AMB-RAW-SURPLUS"]].join(" "),
  },
  "V2GRPC-RAW-03": {
    level: "must",
    basis: "keyword",
    says: "Each raw entry has exactly the byte size that shape and datatype call for.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-GRPC-CODES"],
  },
  "V2GRPC-RAW-04": {
    level: "must",
    basis: "keyword",
    says: "Raw entries and typed `contents` must not be combined in one request.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-SENDER-RULE"],
  },
  "V2GRPC-RAW-05": {
    level: "must",
    basis: "implied",
    says: "Raw numbers are little-endian; the sources say so only in the HTTP binary extension.",
    source: { document: OIP_G, section: "Tensor Data" },
    treatment: treatments["AMB-RAW-LAYOUT"],
  },
  "V2GRPC-RAW-06": {
    level: "must",
    basis: "implied",
    says: "Raw BOOL is one byte per element, 1 or 0.",
    source: { document: OIP_G, section: "Tensor Data Types" },
    treatment: treatments["AMB-RAW-LAYOUT"],
  },
  "V2GRPC-RAW-07": {
    level: "must",
    basis: "implied",
    says: "Raw BYTES elements are each a 4-byte little-endian length followed by the bytes; OIP itself does not say.",
    source: { document: T_BIN, section: "Binary Tensor Request" },
    treatment: treatments["AMB-RAW-LAYOUT"],
  },
  "V2GRPC-RAW-08": {
    level: "must",
    basis: "keyword",
    says: "FP16 goes in raw form only.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-SENDER-RULE"],
  },
  "V2GRPC-RAW-09": {
    level: "must",
    basis: "keyword",
    says: "BF16 goes in raw form only (the .proto and KServe text; the OIP markdown names FP16 alone).",
    source: { document: OIP_P, section: "ModelInferRequest" },
    treatment: [treatments["AMB-BF16"], treatments["AMB-SENDER-RULE"]].join(" "),
  },
  "V2GRPC-RAW-10": {
    level: "must",
    basis: "implied",
    says: "Every table datatype works in raw form at its table size.",
    source: { document: OIP_G, section: "Tensor Data Types" },
  },
  "V2GRPC-INFER-18": {
    level: "must",
    basis: "declared",
    says: "When `outputs` is empty, all outputs are returned.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-INFER-19": {
    level: "must",
    basis: "implied",
    says: "When `outputs` names tensors, those and only those are returned.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-OUTPUT-FILTER"],
  },
  "V2GRPC-INFER-20": {
    level: "must",
    basis: "implied",
    says: "Asking for an unknown output → non-OK.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-OUTPUT-FILTER"],
  },
  "V2GRPC-INFER-21": {
    level: "must",
    basis: "implied",
    says: "Unknown input, missing input or no inputs at all → non-OK.",
    source: { document: OIP_G, section: "Inference" },
    treatment: [treatments["AMB-EMPTY-INPUTS"], treatments["AMB-UNKNOWN-INPUT"]].join(" "),
  },
  "V2GRPC-INFER-22": {
    level: "must",
    basis: "implied",
    says: "Inputs bind by name.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-INFER-23": {
    level: "must",
    basis: "implied",
    says: "Unknown datatype string → non-OK.",
    source: { document: OIP_G, section: "Tensor Data Types" },
    treatment: treatments["AMB-GRPC-CODES"],
  },
  "V2GRPC-INFER-24": {
    level: "must",
    basis: "implied",
    says: "Datatype or shape at odds with metadata → non-OK.",
    source: { document: OIP_G, section: "Model Metadata" },
    treatment: [treatments["AMB-COERCE"], treatments["AMB-SHAPE-ENFORCE"]].join(" "),
  },
  "V2GRPC-INFER-25": {
    level: "must",
    basis: "implied",
    says: "A negative dimension in a request is invalid (REST says unsigned; the proto type is int64).",
    source: { document: OIP_R, section: "Request Input" },
    treatment: treatments["AMB-NEG-DIM"],
  },
  "V2GRPC-INFER-26": {
    level: "must",
    basis: "implied",
    says: "Values of an 8/16-bit tensor that overflow the type in a 32-bit field are invalid.",
    source: { document: OIP_P, section: "InferTensorContents" },
    treatment: treatments["AMB-INT-OVERFLOW"],
  },
  "V2GRPC-INFER-28": {
    level: "must",
    basis: "implied",
    says: "Two inputs, or two requested outputs, of one name: unspecified.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-DUP"],
  },
  "V2GRPC-INFER-30": {
    level: "must",
    basis: "implied",
    says: "A typed field carries every value its protobuf type can hold: NaN, infinities and subnormals in float fields, arbitrary bytes in bytes_contents.",
    source: { document: OIP_P, section: "InferTensorContents" },
    treatment: [treatments["AMB-NAN"], treatments["AMB-BYTES-JSON"]].join(" "),
  },
  "V2GRPC-INFER-31": {
    level: "must",
    basis: "implied",
    says: "An input that needs elements but has neither typed nor raw contents is refused.",
    source: { document: OIP_P, section: "InferTensorContents" },
    treatment: [treatments["AMB-COUNT"], treatments["AMB-GRPC-CODES"]].join(" "),
  },
  "V2GRPC-PARAM-01": {
    level: "must",
    basis: "declared",
    says: "A parameter value is a boolean, an integer or a string.",
    source: { document: OIP_G, section: "Parameters" },
    treatment: treatments["AMB-UNKNOWN-PARAM"],
  },
  "V2GRPC-RESP-01": {
    level: "must",
    basis: "declared",
    says: "The response names the model used.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-02": {
    level: "must",
    basis: "declared",
    says: "The response names the version used, and it equals an explicitly requested one.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-03": {
    level: "must",
    basis: "declared",
    says: "Each output has name, datatype and shape.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-04": {
    level: "must",
    basis: "keyword",
    says: "If `raw_output_contents` is used it has one entry per output, in the order of `outputs`.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-05": {
    level: "must",
    basis: "keyword",
    says: "Each raw entry's size matches shape and datatype.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-06": {
    level: "must",
    basis: "keyword",
    says: "If raw form is used, no output sets `contents`.",
    source: { document: OIP_G, section: "Inference" },
    treatment: treatments["AMB-EMPTY-CONTENTS"],
  },
  "V2GRPC-RESP-07": {
    level: "must",
    basis: "declared",
    says: "In typed form the right field for the datatype is used, with the right count.",
    source: { document: OIP_P, section: "InferTensorContents" },
  },
  "V2GRPC-RESP-08": {
    level: "must",
    basis: "keyword",
    says: "FP16 (and BF16) outputs are returned in raw form.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-09": {
    level: "may",
    basis: "keyword",
    says: "Otherwise the server chooses raw or typed for the response.",
    source: { document: OIP_G, section: "Tensor Data" },
    treatment: treatments["AMB-RAW-VS-TYPED"],
    notObservable:
      "It permits either form; the checks follow it by reading both, which the legal variants hold them to.",
  },
  "V2GRPC-RESP-10": {
    level: "must",
    basis: "implied",
    says: "Output names are unique.",
    source: { document: OIP_G, section: "Inference" },
  },
  "V2GRPC-RESP-11": {
    level: "must",
    basis: "implied",
    says: "Batch: full shape and contents in request order.",
    source: { document: OIP_R, section: "Response Output" },
  },
});

/** The three shapes of a check of this suite. */
export const { observe, refuse, census } = checksOf<keyof typeof clauses>();

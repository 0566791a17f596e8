const HTTP = { document: "RFC 9110, HTTP Semantics", section: "3.4 Messages" };
const GRPC = { document: "gRPC over HTTP2", section: "Responses" };
const OIP = { document: "Open Inference Protocol, inference_rest.md", section: "API Definitions" };

interface Kind {
  /** What every server owes, whatever it is sent. */
  readonly says: string;
  readonly source: { readonly document: string; readonly section: string };
  /** Where gRPC is the protocol. */
  readonly grpcSource?: { readonly document: string; readonly section: string };
}

/** The faults that the fuzz phase judges, weightiest first: nothing that a sentence of a specification leaves open. */
export const FUZZ_KINDS = {
  "stops-serving": {
    says: "Whatever a request holds, the server goes on answering others.",
    source: OIP,
  },
  "breaks-follow-up": {
    says: "Whatever a request holds, a good request after it succeeds.",
    source: OIP,
  },
  hangs: {
    says: "Every request is answered in time, be it with an error.",
    source: HTTP,
    grpcSource: GRPC,
  },
  "drops-connection": {
    says: "Every request is answered, be it with an error: the connection or stream does not end before the answer.",
    source: HTTP,
    grpcSource: GRPC,
  },
  "malformed-answer": {
    says: "Every answer is a message of its protocol, and one that reports success holds what it promises.",
    source: HTTP,
    grpcSource: GRPC,
  },
  "wrong-answer": {
    says: "A valid request is refused, or answered with what the model computes from it.",
    source: OIP,
  },
  "leaks-stack-trace": {
    says: "An error that blames the server does not show the stack of the program.",
    source: { document: "CWE-209", section: "Generation of Error Message Containing Sensitive Information" },
  },
  "improper-error": {
    says: "A failed inference is answered with a JSON object whose `error` is a string, also where the server is to blame.",
    source: {
      document: "Open Inference Protocol, inference_rest.md",
      section: "Inference Response JSON Error Object",
    },
  },
} as const satisfies Record<string, Kind>;

export type FuzzKind = keyof typeof FUZZ_KINDS;

/** What is judged by a kind, and where that stands. */
export function fuzzStatement(kind: FuzzKind, transport: "rest" | "grpc"): Pick<Kind, "says" | "source"> {
  const { says, source, grpcSource }: Kind = FUZZ_KINDS[kind];
  return { says, source: (transport === "grpc" ? grpcSource : undefined) ?? source };
}

/** The id of a finding, by which a baseline and a replay name it: one for each suite and kind. */
export function fuzzId(suite: string, kind: FuzzKind): string {
  return `fuzz/${suite}/${kind}`;
}

/** Suite and kind of an id; undefined when it is none of a finding. */
export function parseFuzzId(id: string): { readonly suite: string; readonly kind: FuzzKind } | undefined {
  const [head, suite, kind, ...rest] = id.split("/");
  if (head !== "fuzz" || suite === undefined || kind === undefined || rest.length > 0) return undefined;
  return Object.hasOwn(FUZZ_KINDS, kind) ? { suite, kind: kind as FuzzKind } : undefined;
}

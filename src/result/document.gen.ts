// Generated from reports/schema/result.v1.schema.json by `npm run generate`. Do not edit.

/**
 * Everything that one run of infermark observed and concluded. Every report is made from it alone. Members may be added within version 1; names chosen by a peer are always values, never keys.
 */
export interface ResultDocument {
  /**
   * The version of this schema.
   */
  schema: "infermark/result.v1";
  tool: Tool;
  run: Run;
  subject: Subject;
  /**
   * The targets of the run.
   */
  targets: Target[];
  conformance?: Conformance;
  load?: Load;
  /**
   * The limits that the run was held to.
   */
  thresholds: JudgedThreshold[];
  baseline?: JudgedBaseline;
  gate: Gate;
  transcripts?: Transcripts;
  /**
   * Whether the run ended before all that was asked had run.
   */
  partial: boolean;
  /**
   * Why it ended early.
   */
  endedEarly?: string;
}
/**
 * The program that made the document.
 */
export interface Tool {
  /**
   * Its name.
   */
  name: string;
  /**
   * Its version.
   */
  version: string;
}
/**
 * What differs between two runs that observed the same.
 */
export interface Run {
  /**
   * When the run began, ISO 8601 in UTC.
   */
  startedAt: string;
  /**
   * How long the run took, in milliseconds.
   */
  durationMs: number;
  /**
   * The seed of all random choices: the same seed repeats them.
   */
  seed: number;
  /**
   * The command line, secrets replaced.
   */
  argv: string[];
  environment: Environment;
}
/**
 * The machine that the program ran on; not the target's.
 */
export interface Environment {
  /**
   * Version of Node.js.
   */
  node: string;
  /**
   * Operating system and its release.
   */
  os: string;
  /**
   * Model of the processor.
   */
  cpu: string;
  /**
   * Logical processors.
   */
  cores: number;
  /**
   * Memory of the machine, in bytes.
   */
  memoryBytes: number;
  /**
   * The continuous integration service, where one was recognised.
   */
  ci?: string;
}
/**
 * What was tested, as its vendor or tester declares it.
 */
export interface Subject {
  /**
   * Name of the serving runtime.
   */
  runtime?: string;
  /**
   * Its version.
   */
  version?: string;
  /**
   * Digest of its container image.
   */
  imageDigest?: string;
  /**
   * What it ran on.
   */
  hardware?: string;
  /**
   * Whom to ask about this result.
   */
  contact?: string;
}
/**
 * One target, as the probe found it.
 */
export interface Target {
  /**
   * URL of its REST side, credentials removed.
   */
  rest?: string;
  /**
   * Address of its gRPC side.
   */
  grpc?: string;
  /**
   * How the commands of a report reach its sides.
   */
  reach?: {
    rest?: Reach;
    grpc?: Reach;
  };
  /**
   * The protocol bindings that were looked for.
   */
  bindings: Binding[];
  server: Server;
  /**
   * The models that the run knew of.
   */
  models: Model[];
}
/**
 * How the commands of a report reach one side of a target, secrets replaced.
 */
export interface Reach {
  /**
   * Host name or address.
   */
  host: string;
  /**
   * Port.
   */
  port: number;
  tls?: ReachTls;
  /**
   * Put before every path.
   */
  prefix?: string;
  /**
   * Replaces Host or :authority.
   */
  authority?: string;
  /**
   * Connected to in place of looking the host up.
   */
  address?: string;
  /**
   * Sent with every request.
   */
  headers?: Header[];
  /**
   * Names of headers whose values are secrets.
   */
  secretHeaders?: string[];
}
/**
 * How its connections are encrypted.
 */
export interface ReachTls {
  /**
   * Whether any certificate is accepted.
   */
  insecure?: boolean;
  /**
   * The name for SNI and certificate check.
   */
  serverName?: string;
  /**
   * File of certificate authorities.
   */
  ca?: string;
  /**
   * File of the client certificate.
   */
  cert?: string;
  /**
   * File of its key.
   */
  key?: string;
}
/**
 * A header field, trailer field or metadata entry.
 */
export interface Header {
  /**
   * Its name as on the wire.
   */
  name: string;
  /**
   * Its value.
   */
  value: string;
}
/**
 * Whether and why a protocol binding is taken to be offered.
 */
export interface Binding {
  /**
   * Id of the binding, e.g. v2-rest.
   */
  id: string;
  /**
   * Whether any of its endpoints answered.
   */
  answers: boolean;
  /**
   * What was seen.
   */
  evidence: string;
}
/**
 * What the server says of itself.
 */
export interface Server {
  /**
   * Its name.
   */
  name?: string;
  /**
   * Its version.
   */
  version?: string;
  /**
   * The protocol extensions that it lists.
   */
  extensions: string[];
}
/**
 * A model and its tensors.
 */
export interface Model {
  /**
   * Its name.
   */
  name: string;
  /**
   * The versions that metadata lists.
   */
  versions: string[];
  /**
   * Its platform, where metadata tells.
   */
  platform?: string;
  /**
   * Its input tensors.
   */
  inputs: Tensor[];
  /**
   * Its output tensors.
   */
  outputs: Tensor[];
  /**
   * Whether it is a fixture model, whose answers are known.
   */
  fixture: boolean;
}
/**
 * A tensor as metadata declares it.
 */
export interface Tensor {
  /**
   * Its name.
   */
  name: string;
  /**
   * Its datatype.
   */
  datatype: string;
  /**
   * Its dimensions; -1 marks a variable one.
   */
  shape: number[];
}
/**
 * What the conformance suites found.
 */
export interface Conformance {
  /**
   * The suites of this run, in the order they ran.
   */
  suites: Suite[];
  /**
   * The claims that a target can earn.
   */
  profiles: Profile[];
  coverage: Coverage;
  plan?: ConformancePlan;
  fuzz?: Fuzz;
}
/**
 * One conformance suite: all checks of one protocol binding.
 */
export interface Suite {
  /**
   * Its id, e.g. v2-rest.
   */
  id: string;
  /**
   * Its title.
   */
  title: string;
  /**
   * Whether the target claims this binding. The checks of an unclaimed suite do not run.
   */
  claimed: boolean;
  /**
   * Why it counts as claimed or not.
   */
  evidence: string;
  /**
   * The documents that its clauses come from.
   */
  specifications: Specification[];
  /**
   * SHA-256 of its clause registry: equal digests mean the same clauses with the same words.
   */
  clauseDigest?: string;
  counts: Counts;
  /**
   * Its checks, in the order of the specification.
   */
  checks: Check[];
}
/**
 * A document and the revision of it that was read.
 */
export interface Specification {
  /**
   * Its name or address.
   */
  document: string;
  /**
   * The revision.
   */
  revision: string;
}
/**
 * How many checks had each outcome.
 */
export interface Counts {
  /**
   * Checks with the outcome pass.
   */
  pass: number;
  /**
   * Checks with the outcome warn.
   */
  warn: number;
  /**
   * Checks with the outcome fail.
   */
  fail: number;
  /**
   * Checks with the outcome skip.
   */
  skip: number;
  /**
   * Checks with the outcome inconclusive.
   */
  inconclusive: number;
  /**
   * Checks with the outcome error.
   */
  error: number;
  /**
   * Checks whose outcome counts for nothing; they are in none of the other counts.
   */
  ungraded?: number;
}
/**
 * One check and what it concluded.
 */
export interface Check {
  /**
   * Its id, e.g. v2-rest/infer-echoes-id; stable across versions.
   */
  id: string;
  /**
   * A sentence that is true of a conformant server.
   */
  title: string;
  clause: Clause;
  /**
   * core: it works on any model; extended: it needs a fixture model.
   */
  level?: "core" | "extended";
  /**
   * pass, warn and fail judge the target; skip: it does not offer the subject; inconclusive: the evidence does not settle it; error: a defect of the program.
   */
  outcome: "pass" | "warn" | "fail" | "skip" | "inconclusive" | "error";
  /**
   * True when the outcome counts for nothing: only clauses that are stated with a keyword were graded.
   */
  ungraded?: boolean;
  /**
   * For fail: what a conformant server does.
   */
  expected?: string;
  /**
   * For fail: what this one did.
   */
  actual?: string;
  /**
   * For fail: where in the answer, e.g. a JSON pointer.
   */
  at?: string;
  /**
   * For warn: what was noticed.
   */
  warnings?: string[];
  /**
   * For skip and inconclusive: why there is no verdict.
   */
  reason?: string;
  /**
   * For skip: what the target lacks, where the check declared that it needs it.
   */
  feature?: string;
  /**
   * For error: what went wrong in the program.
   */
  message?: string;
  /**
   * For fail: the outcomes of running it again on fresh connections. A failure that does not come each time is flaky.
   */
  reruns?: ("pass" | "warn" | "fail" | "skip" | "inconclusive" | "error")[];
  /**
   * Observations that carry no verdict.
   */
  records: Record[];
  /**
   * How long it took, in milliseconds.
   */
  durationMs: number;
  repro?: Repro;
  /**
   * For warn, fail, inconclusive and error: the exchanges that tell most, in the order sent, at most five, bodies shortened.
   */
  exchanges?: Exchange[];
  /**
   * How many exchanges the check had in all.
   */
  exchangeCount: number;
  /**
   * Index into exchanges of the one that the verdict is about.
   */
  decisive?: number;
}
/**
 * The statement of a specification that a check judges.
 */
export interface Clause {
  /**
   * Its id; stable across versions.
   */
  id: string;
  /**
   * How binding it is.
   */
  level: "must" | "should" | "may";
  /**
   * keyword: an obligation word; declared: a plain statement of fact; schema: required by a machine-readable schema; implied: follows from another clause.
   */
  basis: "keyword" | "declared" | "schema" | "implied";
  /**
   * The statement, in our words.
   */
  says: string;
  source: Source;
  /**
   * How it is graded where the sources are silent or disagree.
   */
  treatment?: string;
}
/**
 * Where a statement stands.
 */
export interface Source {
  /**
   * The document.
   */
  document: string;
  /**
   * The section of it.
   */
  section: string;
}
/**
 * An observation that carries no verdict.
 */
export interface Record {
  /**
   * What was observed.
   */
  key: string;
  /**
   * What it was.
   */
  value: string;
}
/**
 * The command that repeats the decisive request. One of the three is present.
 */
export interface Repro {
  /**
   * A command line for bash with curl.
   */
  curl?: string;
  /**
   * A command line for bash with grpcurl.
   */
  grpcurl?: string;
  /**
   * A command line of this program, where neither curl nor grpcurl can express the request.
   */
  replay?: string;
}
/**
 * One request and what came back for it.
 */
export interface Exchange {
  /**
   * How it was sent.
   */
  protocol: "http" | "grpc";
  request: Request;
  response?: Response;
  failure?: Failure;
  /**
   * From the sending of the request to the end of the exchange, in milliseconds.
   */
  durationMs: number;
}
/**
 * A request as sent.
 */
export interface Request {
  /**
   * HTTP method; absent for gRPC.
   */
  method?: string;
  /**
   * Path below the target's prefix, or /package.Service/Method.
   */
  path: string;
  /**
   * Header fields or metadata in the order sent, secrets replaced; without what every request to the target carries.
   */
  headers: Header[];
  /**
   * How the body was delimited, where it was not by content-length.
   */
  framing?: "chunked";
  /**
   * True when the head was sent exactly as given, malformed on purpose.
   */
  verbatim?: boolean;
  /**
   * The body of an HTTP request, where it has one, or the messages of a gRPC call.
   */
  bodies: Body[];
}
/**
 * Bytes: as text where they are readable text, else in base64; at most 4096 of them.
 */
export interface Body {
  /**
   * How many bytes there were in all.
   */
  size: number;
  /**
   * SHA-256 of all of them.
   */
  sha256: string;
  /**
   * The first bytes as UTF-8 text.
   */
  text?: string;
  /**
   * The first bytes in base64.
   */
  base64?: string;
  /**
   * Whether bytes are left out here.
   */
  truncated: boolean;
}
/**
 * An answer, as far as it had come.
 */
export interface Response {
  /**
   * The HTTP status, also for gRPC.
   */
  status: number;
  /**
   * Header fields in the order received, secrets replaced.
   */
  headers: Header[];
  /**
   * Trailer fields, for gRPC with grpc-status.
   */
  trailers?: Header[];
  body: Body;
  /**
   * When the head had come, in milliseconds after the request was sent.
   */
  atMs: number;
}
/**
 * Why an exchange did not end as its protocol says.
 */
export interface Failure {
  /**
   * refused, closed, reset, timeout, tls, dns, malformed, too-large, protocol or not-recorded.
   */
  code: string;
  /**
   * In words.
   */
  message: string;
  /**
   * The HTTP/2 error code, where one came.
   */
  http2Code?: number;
}
/**
 * A claim that a target can earn.
 */
export interface Profile {
  /**
   * Its id.
   */
  id: string;
  /**
   * Its title.
   */
  title: string;
  /**
   * Of all its checks. earned: nothing failed or was skipped; partial: checks were skipped or only the core was asked for; not-earned: a check failed; undecided: a check came to no verdict; not-claimed: its suites are not offered.
   */
  status: "earned" | "partial" | "not-earned" | "undecided" | "not-claimed";
  /**
   * The checks behind the status.
   */
  because: string[];
  /**
   * Ids of the suites whose checks it asks for; absent in documents of before it was told.
   */
  suites?: string[];
  /**
   * The same for each level that was judged.
   */
  levels?: ProfileLevel[];
}
/**
 * A level of a profile: core holds the checks that work on any model, extended all of them.
 */
export interface ProfileLevel {
  /**
   * Which.
   */
  level: "core" | "extended";
  /**
   * earned, partial, not-earned, undecided or not-claimed, as for the profile.
   */
  status: "earned" | "partial" | "not-earned" | "undecided" | "not-claimed";
  /**
   * The checks behind the status.
   */
  because: string[];
  /**
   * What was not judged.
   */
  skipped: SkippedFeature[];
}
/**
 * Something that the target lacks or that was left out.
 */
export interface SkippedFeature {
  /**
   * What.
   */
  feature: string;
  /**
   * How many checks need it.
   */
  checks: number;
}
/**
 * How much of the selected suites was judged.
 */
export interface Coverage {
  /**
   * Checks of the claimed suites in this run.
   */
  checked: number;
  /**
   * Those that came to pass, warn or fail.
   */
  exercised: number;
  /**
   * Those that were skipped.
   */
  skipped: number;
}
/**
 * What was asked for: with the seed, the target and the transcripts, the verdicts can be reached again.
 */
export interface ConformancePlan {
  /**
   * Models that were named.
   */
  models: string[];
  /**
   * Whether fixture models were looked for.
   */
  fixtures: boolean;
  /**
   * Ids of the suites that were asked for by name.
   */
  suites: string[];
  /**
   * Ids of the checks that were asked for by name; empty for all.
   */
  checks: string[];
  /**
   * Whether invalid and large requests were left out.
   */
  safe: boolean;
  /**
   * Whether checks ran that may harm a weak server.
   */
  dangerous: boolean;
  /**
   * How long one request was allowed to take, in milliseconds.
   */
  timeoutMs: number;
  /**
   * How long a target that stopped answering was waited for, in milliseconds; absent where that was the default, 30 s.
   */
  recoveryMs?: number;
  /**
   * How many changed requests each suite was to be sent; absent where the fuzz phase was not asked for.
   */
  fuzz?: number;
  /**
   * Ids of the profiles that had to be earned, with :core where the core was enough.
   */
  profiles?: string[];
  /**
   * Whether warnings failed the run.
   */
  strict?: boolean;
  /**
   * Whether only clauses that are stated with a keyword were graded.
   */
  onlyKeyword?: boolean;
  /**
   * How often each failed check was run again.
   */
  rerunFailures?: number;
  /**
   * File with a valid inference request, where one was given.
   */
  input?: string;
}
/**
 * What the fuzz phase found: seeded changes of valid requests, judged only by what every server owes.
 */
export interface Fuzz {
  /**
   * The seed of the requests: with the same models the same seed sends the same.
   */
  seed: number;
  /**
   * How many requests each suite was to be sent.
   */
  requests: number;
  /**
   * Whether requests that are known to kill servers were among them.
   */
  dangerous: boolean;
  /**
   * How it went, suite by suite.
   */
  suites: FuzzedSuite[];
  /**
   * The faults, one for each suite and kind.
   */
  findings: FuzzFinding[];
}
/**
 * The fuzz phase of one suite.
 */
export interface FuzzedSuite {
  /**
   * The suite, e.g. v2-rest.
   */
  id: string;
  /**
   * Requests that were sent; those sent again and the good ones in between are not counted.
   */
  sent: number;
  /**
   * Answers that report success.
   */
  succeeded: number;
  /**
   * Errors that blame the caller.
   */
  refused: number;
  /**
   * Errors that blame the server; no fault in themselves.
   */
  serverErrors: number;
  /**
   * Redirections, and requests without a proper answer.
   */
  other: number;
  /**
   * Requests without an answer that were answered when they were sent again on a new connection; not judged.
   */
  unrepeated: number;
  /**
   * Why it ended before all requests were sent.
   */
  endedEarly?: string;
}
/**
 * A fault that the fuzz phase found, with the smallest request that was found for it.
 */
export interface FuzzFinding {
  /**
   * fuzz/<suite>/<kind>; stable, so that a list of known failures can name it.
   */
  id: string;
  /**
   * The suite, e.g. v2-rest.
   */
  suite: string;
  /**
   * The kind of fault, e.g. drops-connection.
   */
  kind: string;
  /**
   * What a server owes.
   */
  says: string;
  source: Source;
  /**
   * What this one did.
   */
  actual: string;
  /**
   * How the request differs from a valid one, in words; empty when it is valid.
   */
  changes: string[];
  exchange: Exchange;
  followUp?: Exchange;
  /**
   * Whether it showed again when the request was sent again.
   */
  repeated: boolean;
  /**
   * How many requests of the phase showed a fault of this kind.
   */
  seen: number;
  /**
   * How many requests were sent again to make it smaller.
   */
  resends: number;
  shrunkFrom: ShrunkFrom;
  repro: Repro;
}
/**
 * The request by which a fault was found, before it was made smaller.
 */
export interface ShrunkFrom {
  /**
   * Its number in the phase, from 0.
   */
  request: number;
  /**
   * How it differs from a valid one, in words.
   */
  changes: string[];
  /**
   * The bytes of its body or of its messages.
   */
  bytes: number;
}
/**
 * What the load runs measured.
 */
export interface Load {
  /**
   * The runs, in the order they ran.
   */
  runs: LoadRun[];
}
/**
 * One load plan and the points it measured.
 */
export interface LoadRun {
  plan: LoadPlan;
  /**
   * Its points, in the order they ran.
   */
  points: LoadPoint[];
  search?: Search;
  scenario?: Scenario;
  recovery?: Recovery;
}
/**
 * The plan as the run took it: running it again repeats the run.
 */
export interface LoadPlan {
  /**
   * The load mode: concurrency, request-rate, sweep, search, stages, single-stream, multi-stream, server or offline.
   */
  mode: string;
  [k: string]: unknown;
}
/**
 * One measured point: fixed settings over one measuring phase.
 */
export interface LoadPoint {
  /**
   * The model.
   */
  model: string;
  /**
   * The binding, e.g. v2-rest.
   */
  protocol: string;
  /**
   * How tensors were carried: json, typed or raw.
   */
  encoding: string;
  /**
   * Rows in each request.
   */
  batch: number;
  /**
   * Models that shared the load, with their rows in each request and their weights; model is what they are called together then, and batch did not count.
   *
   * @minItems 1
   */
  mix?: {
    model: string;
    batch: number;
    weight: number;
  }[];
  /**
   * The engine that sent the requests.
   */
  engine: string;
  /**
   * Resolution of its time stamps, in nanoseconds.
   */
  resolutionNs: number;
  /**
   * Requests in flight, for a closed loop.
   */
  concurrency?: number;
  /**
   * Intended requests per second, for an open loop.
   */
  requestRate?: number;
  /**
   * The stage of the plan that the point belongs to.
   */
  stage?: string;
  /**
   * How long the measuring phase took, in milliseconds.
   */
  durationMs: number;
  /**
   * How long the warm-up before it took, in milliseconds.
   */
  warmupMs: number;
  counts: LoadCounts;
  throughput: Estimate;
  inferences: Estimate;
  latency: Latency;
  service?: Latency;
  lateness?: Latency;
  failedLatency?: Latency;
  /**
   * The measuring phase cut into equal windows, in order.
   */
  windows: Window[];
  /**
   * The measuring phase cut into at most 150 equal stretches, with the latencies of each; absent in documents of before there were any.
   */
  intervals?: Interval[];
  validity: Validity;
  client?: Client;
  server?: ServerCost;
  gpu?: GpuUse;
  /**
   * What the server counted, by source; absent when no source did.
   */
  serverSide?: ServerSide[];
  telemetry?: Telemetry;
  /**
   * The first few error texts, by outcome.
   */
  errors: ErrorSample[];
  /**
   * The part of each worker process.
   */
  shards: Shard[];
}
/**
 * Requests by what became of them.
 */
export interface LoadCounts {
  /**
   * Requests sent in the measuring phase.
   */
  sent: number;
  /**
   * Right answers.
   */
  ok: number;
  /**
   * Answers with a status other than 200.
   */
  httpError: number;
  /**
   * Answers with a status other than OK.
   */
  grpcError: number;
  /**
   * No answer in time.
   */
  timeout: number;
  /**
   * Connection refused.
   */
  refused: number;
  /**
   * The connection ended before the answer was complete.
   */
  reset: number;
  /**
   * Answers that are not HTTP or gRPC.
   */
  malformed: number;
  /**
   * Answers that are not the answer to their request.
   */
  wrongAnswer: number;
  /**
   * Requests that were due and could not be sent before the phase ended; 0 in a closed loop.
   */
  notSent?: number;
  /**
   * Connections that had to be opened anew.
   */
  reconnects: number;
  /**
   * Answers that were compared in full.
   */
  fullChecks: number;
  /**
   * Bytes of the bodies that came back.
   */
  bytesIn: number;
}
/**
 * Right answers per second (throughput), or the inferences in them (inferences: answers times batch), with the uncertainty of the number.
 */
export interface Estimate {
  /**
   * The estimate.
   */
  value: number;
  /**
   * Lower end of its 95 % confidence interval.
   */
  low?: number;
  /**
   * Upper end of it.
   */
  high?: number;
}
/**
 * A distribution of times. latency counts from the intended, service from the actual sending to the end of the answer; lateness from the intended to the actual sending; failedLatency is like latency, of what was not a right answer; the others hold right answers only.
 */
export interface Latency {
  /**
   * Samples.
   */
  count: number;
  /**
   * The least, in nanoseconds.
   */
  minNs: number;
  /**
   * The greatest, in nanoseconds.
   */
  maxNs: number;
  /**
   * The mean, in nanoseconds.
   */
  meanNs: number;
  /**
   * Percentiles, ascending.
   */
  percentiles: Percentile[];
  /**
   * Samples beyond one hour, which count as one hour.
   */
  clamped: number;
  /**
   * All samples in nanoseconds: HDR histogram, compressed V2 encoding, base64.
   */
  histogram?: string;
}
/**
 * One percentile.
 */
export interface Percentile {
  /**
   * Which, 0 to 100.
   */
  percentile: number;
  /**
   * Its value, in nanoseconds.
   */
  ns: number;
  /**
   * Lower end of its 95 % confidence interval, in nanoseconds; absent when there are too few samples.
   */
  lowNs?: number;
  /**
   * Upper end of it.
   */
  highNs?: number;
  /**
   * How many more samples the interval needs; absent when there are enough.
   */
  needed?: number;
}
/**
 * One window of the measuring phase.
 */
export interface Window {
  /**
   * Its begin, in milliseconds from the begin of the phase.
   */
  startMs: number;
  /**
   * Its length, in milliseconds.
   */
  durationMs: number;
  /**
   * Requests that were to be sent in it; absent in a closed loop, and in documents of before it was counted.
   */
  due?: number;
  /**
   * Right answers that ended in it.
   */
  ok: number;
  /**
   * Inferences in them.
   */
  inferences: number;
  /**
   * Requests that ended in it otherwise.
   */
  failed: number;
  /**
   * Median latency, in nanoseconds; absent in a window without right answers.
   */
  p50Ns?: number;
  /**
   * 99th percentile of the latency, in nanoseconds.
   */
  p99Ns?: number;
}
/**
 * How long the right answers took that ended in a stretch of the measuring phase.
 */
export interface Interval {
  /**
   * Its begin, in milliseconds from the begin of the phase.
   */
  startMs: number;
  /**
   * Its length, in milliseconds.
   */
  durationMs: number;
  /**
   * Right answers by latency: runs bucket:count,count,… of buckets in a row, separated by spaces. Bucket b below 64 is b nanoseconds; else it begins at (64 + b mod 64) · 2^(⌊b / 64⌋ − 1) nanoseconds, 64 buckets to each doubling.
   */
  latencies: string;
}
/**
 * Whether the numbers mean what they say: a verdict on the measurement, not on the target.
 */
export interface Validity {
  /**
   * Whether they do.
   */
  valid: boolean;
  /**
   * Why they do not.
   */
  problems: Problem[];
  /**
   * What the verdict rests on.
   */
  evidence: Record[];
}
/**
 * Why a measurement is not valid.
 */
export interface Problem {
  /**
   * client-limited, off-schedule, not-stationary, too-few-samples, errors, clock, worker-lost or interrupted.
   */
  code: string;
  /**
   * What shows it.
   */
  evidence: string;
}
/**
 * What the sending of the load cost this machine.
 */
export interface Client {
  /**
   * Processor time of the sending processes in the phase, in milliseconds.
   */
  cpuMs: number;
  /**
   * The same per request, in nanoseconds; absent when none was completed.
   */
  cpuPerRequestNs?: number;
  /**
   * Greatest share of time that an event loop was busy, 0 to 1.
   */
  eventLoopUtilisation?: number;
  /**
   * Milliseconds in which a sending process could not attend to anything, in stretches of more than 10 ms; of the process that had most.
   */
  stalledMs?: number;
  /**
   * Resident memory at the end of the phase, in bytes.
   */
  rssBytes?: number;
}
/**
 * What the load cost the server's processes, where they could be observed.
 */
export interface ServerCost {
  /**
   * Processor time in the phase, in milliseconds.
   */
  cpuMs?: number;
  /**
   * The same per inference of a right answer, in nanoseconds.
   */
  cpuPerInferenceNs?: number;
  /**
   * The greatest resident memory seen, in bytes.
   */
  rssBytes?: number;
  /**
   * Inferences in right answers for each second of processor time.
   */
  inferencesPerCoreSecond?: number;
}
/**
 * GPUs that were busy at some reading.
 */
export interface GpuUse {
  /**
   * The collector that saw them.
   */
  source: string;
  /**
   * How many.
   */
  busy: number;
  /**
   * Inferences per second in right answers within the phase, for each busy GPU.
   */
  inferencesPerGpuSecond: number;
  /**
   * Mean power of the busy GPUs together over the phase.
   */
  meanWatts?: number;
  /**
   * Energy of the busy GPUs per inference; what they draw when idle is not taken off.
   */
  joulesPerInference?: number;
}
/**
 * What one source at the server counted in the phase.
 */
export interface ServerSide {
  /**
   * The collector.
   */
  source: string;
  /**
   * Requests that it counted.
   */
  requests?: number;
  /**
   * Mean time of a request at the server, in nanoseconds; the sum of its stages where it times only those.
   */
  meanNs?: number;
  /**
   * Mean service time at the client, in nanoseconds.
   */
  clientMeanNs?: number;
  /**
   * By how much the client's mean is longer, in nanoseconds: network, proxies and what the server does not time.
   */
  overheadNs?: number;
  /**
   * Inferences for each execution of a batch.
   */
  effectiveBatch?: number;
  /**
   * Mean times of the stages of a request.
   */
  stages: Stage[];
}
/**
 * One stage of a request at the server.
 */
export interface Stage {
  /**
   * Its name, e.g. queue.
   */
  stage: string;
  /**
   * Its mean time in nanoseconds.
   */
  meanNs: number;
}
/**
 * What collectors saw during the phase, and why others saw nothing.
 */
export interface Telemetry {
  /**
   * Quantities over time.
   */
  series: Series[];
  /**
   * Collectors that could see nothing.
   */
  unavailable: Unavailable[];
  /**
   * Collectors that missed readings; absent when all succeeded.
   */
  missed?: Missed[];
  /**
   * Other totals that grew in the phase, from Prometheus endpoints.
   */
  changes?: Change[];
}
/**
 * One quantity over time.
 */
export interface Series {
  /**
   * Its id, e.g. procfs/cpu.
   */
  id: string;
  /**
   * What it is.
   */
  title: string;
  /**
   * Unit of its values.
   */
  unit: string;
  /**
   * True for a total since the begin of the phase.
   */
  counter?: boolean;
  /**
   * The URL, path or command that it was read from.
   */
  source?: string;
  /**
   * What tells it apart from series of the same kind, e.g. gpu.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * What it says about the server, e.g. gpu-power, where derived numbers rest on it.
   */
  role?: string;
  /**
   * Its values, in order.
   */
  points: SeriesPoint[];
  /**
   * When it could not be read; absent when it always could.
   */
  gaps?: Gap[];
}
/**
 * One value of a quantity.
 */
export interface SeriesPoint {
  /**
   * When, in milliseconds since the begin of the phase; what was read just before it is at 0.
   */
  atMs: number;
  /**
   * The value.
   */
  value: number;
}
/**
 * A stretch in which something could not be read.
 */
export interface Gap {
  /**
   * The first failed reading, in milliseconds since the begin of the phase.
   */
  fromMs: number;
  /**
   * The last one.
   */
  toMs: number;
}
/**
 * A collector that could see nothing.
 */
export interface Unavailable {
  /**
   * Its id.
   */
  collector: string;
  /**
   * Why, in a sentence.
   */
  reason: string;
}
/**
 * Readings that a collector missed.
 */
export interface Missed {
  /**
   * Its id.
   */
  collector: string;
  /**
   * How many.
   */
  count: number;
  /**
   * When first, in milliseconds since the begin of the phase.
   */
  firstMs: number;
  /**
   * When last.
   */
  lastMs: number;
  /**
   * Why, the first time, in a sentence.
   */
  reason: string;
}
/**
 * Growth of a total in the phase.
 */
export interface Change {
  /**
   * The collector's id.
   */
  collector: string;
  /**
   * The metric with its labels, as exposed.
   */
  metric: string;
  /**
   * Growth of a counter, or of a histogram's or summary's count.
   */
  count: number;
  /**
   * Growth of a histogram's or summary's sum, in its own unit.
   */
  sum?: number;
}
/**
 * The text of one error.
 */
export interface ErrorSample {
  /**
   * httpError, grpcError, timeout, refused, reset, malformed or wrongAnswer.
   */
  outcome: string;
  /**
   * The text.
   */
  message: string;
}
/**
 * The part of one worker process.
 */
export interface Shard {
  /**
   * Its number, from 0.
   */
  worker: number;
  /**
   * Requests that it sent.
   */
  sent: number;
  /**
   * Right answers that it got.
   */
  ok: number;
  /**
   * Its processor time, in milliseconds; absent when it was lost.
   */
  cpuMs?: number;
  /**
   * How it ended before its time, where it did; what it sent is not known then, and counted as nothing.
   */
  lost?: string;
}
/**
 * What a search for the greatest load that meets objectives found. Absent where the plan searches for none.
 */
export interface Search {
  /**
   * What was varied: requests per second of an open loop, or requests in flight of a closed one.
   */
  over: "rate" | "concurrency";
  /**
   * The limits that a load had to meet, all of them.
   */
  objectives: string[];
  /**
   * The greatest load that met them, twice; absent when none did.
   */
  best?: number;
  bound?: SearchBound;
  /**
   * Why it ended: best and bound are as close as was asked (found), the most that was to be tried still did (limit), no load did (none), a load could not be judged (undecided), or it was stopped (interrupted).
   */
  ended: "found" | "limit" | "none" | "undecided" | "interrupted";
  /**
   * What was tried, in the order of the points.
   */
  trials: Trial[];
}
/**
 * The least load that did not do.
 */
export interface SearchBound {
  /**
   * The load.
   */
  load: number;
  /**
   * Whether it missed the objectives, or could not be judged.
   */
  because: "missed" | "undecided";
}
/**
 * One load that was tried.
 */
export interface Trial {
  /**
   * The load.
   */
  load: number;
  /**
   * Whether it met the objectives; undecided when the measurement cannot be trusted to tell.
   */
  attainment: "met" | "missed" | "undecided";
}
/**
 * What a scenario came to, by the early stopping of MLPerf's LoadGen. Absent where the plan is of another mode.
 */
export interface Scenario {
  /**
   * The scenario.
   */
  scenario: "single-stream" | "multi-stream" | "server" | "offline";
  /**
   * Whether the bound was met with 99 % confidence; measured where there was no bound.
   */
  verdict: "met" | "missed" | "undecided" | "measured";
  /**
   * Queries that were due.
   */
  queries: number;
  /**
   * The percentile of latency that counts, 0 to 100; absent where throughput does.
   */
  percentile?: number;
  /**
   * How many of so many queries may miss; absent when the queries are too few for any conclusion.
   */
  missesAllowed?: number;
  /**
   * What the percentile stays within with 99 % confidence, in nanoseconds; absent when the queries are too few or fail too often.
   */
  estimateNs?: number;
  /**
   * What it was held against, in nanoseconds.
   */
  boundNs?: number;
  /**
   * Queries beyond the bound, or without a right answer.
   */
  misses?: number;
  /**
   * How many more queries would allow so many misses; absent when the verdict is reached.
   */
  needed?: number;
  /**
   * Right inferences per second, where they count.
   */
  inferencesPerSecond?: number;
  /**
   * Codes of what makes the measurement invalid.
   */
  invalid?: string[];
}
/**
 * How soon the service was itself again after an overload. Absent where the plan has no stage named recovery.
 */
export interface Recovery {
  /**
   * The stage that was looked through.
   */
  stage: string;
  /**
   * What a window had to meet.
   */
  criteria: string[];
  /**
   * From the begin of the stage to the begin of its first window that did; absent when none did.
   */
  afterMs?: number;
  /**
   * The width of the windows: the time is known no better.
   */
  withinMs: number;
}
/**
 * A limit that the run was held to.
 */
export interface JudgedThreshold {
  /**
   * As written, e.g. p99<=20ms.
   */
  expression: string;
  /**
   * What it limits, e.g. p99.
   */
  metric: string;
  /**
   * How.
   */
  comparison: "<" | "<=" | ">" | ">=";
  /**
   * The limit, in unit.
   */
  limit: number;
  /**
   * Unit of limit and of the observed values.
   */
  unit: "ns" | "1/s" | "ratio";
  /**
   * met; missed: a valid measurement is beyond the limit; undecided: a measurement is absent or invalid.
   */
  status: "met" | "missed" | "undecided";
  /**
   * The observed value farthest on the wrong side, in unit.
   */
  worst?: number;
  /**
   * Why it is missed or undecided.
   */
  reason?: string;
}
/**
 * The list of failures that are known.
 */
export interface JudgedBaseline {
  /**
   * Where it was read from.
   */
  file: string;
  /**
   * Its entries, in its order.
   */
  entries: BaselineEntry[];
}
/**
 * One known failure and what became of it.
 */
export interface BaselineEntry {
  /**
   * Its line in the file, from 1.
   */
  line: number;
  /**
   * The check that is known to fail.
   */
  check: string;
  /**
   * Why.
   */
  reason: string;
  /**
   * Where it is tracked.
   */
  issue?: string;
  /**
   * Who takes care of it.
   */
  owner?: string;
  /**
   * The last day on which it counts, YYYY-MM-DD.
   */
  expires?: string;
  /**
   * known: the check still fails or warns; stale: the entry must go, which fails the run; not-exercised: the check gave no verdict in this run.
   */
  status: "known" | "stale" | "not-exercised";
  /**
   * Why it is stale or not exercised.
   */
  note?: string;
}
/**
 * What the run means for a pipeline.
 */
export interface Gate {
  /**
   * 0 conformant and thresholds met; 1 non-conformant, threshold missed or baseline stale; 2 usage; 3 no target; 4 undecided; 70 internal defect; 130 interrupted.
   */
  exitCode: number;
  /**
   * Why it is not 0, weightiest first.
   */
  reasons: GateReason[];
}
/**
 * One reason for an exit code.
 */
export interface GateReason {
  /**
   * The code that it asks for.
   */
  exitCode: number;
  /**
   * In words.
   */
  text: string;
}
/**
 * The file beside the document that holds all exchanges in full.
 */
export interface Transcripts {
  /**
   * Its name.
   */
  file: string;
  /**
   * SHA-256 of its bytes.
   */
  sha256: string;
}

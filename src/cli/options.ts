/** How an option's value is read. */
export type OptionKind = "text" | "list" | "boolean" | "duration" | "count" | "numbers" | "bytes";

/** One option of a command; the same name, in camel case, is its key in infermark.yaml. */
export interface OptionSpec {
  readonly name: string;
  readonly kind: OptionKind;
  /** What stands for the value in help, e.g. URL. */
  readonly value?: string;
  readonly help: string;
  /** The smallest count, or the shortest time in milliseconds; 0 unless given. */
  readonly least?: number;
  /** Numbers may be fractions. */
  readonly fractions?: boolean;
  /** A comma parts the members of a list. */
  readonly commas?: boolean;
  /** A word that may stand in place of a duration. */
  readonly word?: string;
  /** The only texts that are allowed. */
  readonly choices?: readonly string[];
  /** A config file may give the text as a number. */
  readonly orNumber?: true;
  /** What a count, or a time in milliseconds, is when its flag is given without one. */
  readonly alone?: number;
}

const text = (name: string, value: string, help: string): OptionSpec => ({ name, kind: "text", value, help });
const list = (name: string, value: string, help: string): OptionSpec => ({
  name,
  kind: "list",
  value,
  help: `${help} (repeatable)`,
});
/** Several members may be given at once, with commas between them. */
const listed = (name: string, value: string, help: string): OptionSpec => ({
  ...list(name, `${value}[,${value}…]`, help),
  commas: true,
});
const numbers = (name: string, help: string, own: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  kind: "numbers",
  value: "N[,N…]",
  help,
  ...own,
});
const flag = (name: string, help: string): OptionSpec => ({ name, kind: "boolean", help });
const duration = (name: string, help: string, least = 0): OptionSpec => ({
  name,
  kind: "duration",
  value: "TIME",
  help,
  least,
});
const count = (name: string, help: string, least = 0): OptionSpec => ({ name, kind: "count", value: "N", help, least });

/** Where and how the target is reached. */
export const TARGET_OPTIONS: readonly OptionSpec[] = [
  text("rest", "URL", "REST address, e.g. http://127.0.0.1:8080; a path is put before every request"),
  text("grpc", "HOST:PORT", "gRPC address; grpcs://HOST:PORT for TLS"),
  list("model", "NAME", "a model to test; without one, the fixture models by their names"),
  text(
    "input",
    "FILE|DIR",
    "a valid V2 inference request, for a model whose metadata does not tell its tensors; load sends those of a directory in turn",
  ),
  flag("no-fixtures", "do not look for fixture models"),
  duration("wait-ready", "wait until the target is seen ready twice in a row; exit 3 when it is not by then"),
  list("header", "'NAME: VALUE'", "an extra header for REST"),
  list("metadata", "'NAME: VALUE'", "extra metadata for gRPC"),
  text("token-env", "VARIABLE", "send the bearer token that this environment variable holds"),
  text("token-file", "FILE", "send the bearer token that this file holds"),
  text("ca", "FILE", "trust the certificate authorities in this PEM file"),
  text("cert", "FILE", "client certificate (PEM)"),
  text("key", "FILE", "key of the client certificate (PEM)"),
  flag("insecure", "accept any certificate"),
  text("server-name", "NAME", "name for SNI and certificate check"),
  text("authority", "NAME", "replaces Host and :authority"),
  list("resolve", "HOST:PORT:ADDRESS", "connect to this address for that host and port"),
  duration("timeout", "for one request (default 10s)", 1),
  { name: "max-response", kind: "bytes", value: "SIZE", help: "largest answer that is read, e.g. 64MB (default)" },
];

/** Which checks run, and how. */
export const CONFORMANCE_OPTIONS: readonly OptionSpec[] = [
  list("suite", "ID", "run this suite, whether or not the target seems to offer it"),
  list("profile", "ID", "run the suites of this profile and require that it is earned; ID:core for its core alone"),
  list("check", "ID", "run this check alone"),
  flag("strict", "warnings fail the run"),
  flag("only-keyword", "grade only clauses that the specification states with a keyword such as MUST"),
  count("rerun-failures", "run each failed check N times again on fresh connections; its verdict stays (default 0)"),
  flag("safe", "send nothing invalid, nothing over 1 MB, one request at a time"),
  flag("dangerous", "also run checks that may harm a weak server"),
  {
    ...count(
      "fuzz",
      "last, send N changed requests to each suite (1000 where N is left out) and look for crashes and hangs",
      1,
    ),
    alone: 1000,
  },
  flag("dry-run", "print every request as a command and send nothing to the target"),
  duration("recovery", "how long a target that stopped answering may take to come back (default 30s)", 1),
  duration("budget", "end the checks after this time"),
  text("baseline", "FILE", "known failures (known-failing.yaml): they do not fail the run, stale entries do"),
];

/** What load is sent. */
export const LOAD_OPTIONS: readonly OptionSpec[] = [
  listed("protocol", "ID", "v1-rest, v2-rest, v2-binary or v2-grpc; without one, what the target offers"),
  list("mix", "MODEL[:ROWS]=WEIGHT", "one of several models that share the load by weight, e.g. --mix a=3 --mix b:8=1"),
  listed("encoding", "NAME", "how tensors travel: json, binary, typed or raw"),
  {
    ...text(
      "engine",
      "NAME",
      "wire (default), or for a second opinion undici or autocannon for REST, grpc-js for gRPC",
    ),
    choices: ["wire", "undici", "autocannon", "grpc-js"],
  },
  numbers("concurrency", "closed loop: requests in flight (default 8); several are measured one after the other", {
    least: 1,
  }),
  numbers(
    "rate",
    "open loop: requests per second, at instants that do not wait for answers; several are measured one after the other",
    { fractions: true },
  ),
  { ...text("arrivals", "KIND", "open loop: constant (default) or poisson"), choices: ["constant", "poisson"] },
  text("trace", "FILE", "open loop: send at these instants, seconds after the begin, one a line"),
  count("max-in-flight", "open loop: what is due beyond so many waits (default 256)", 1),
  {
    ...text(
      "workers",
      "N|auto",
      "processes that send the load, or auto: more than one when one is the limit (default 1)",
    ),
    orNumber: true,
  },
  numbers("batch", "rows in each request (default 1); several are measured one after the other", { least: 1 }),
  {
    ...text("search", "WHAT", "look for the highest rate or concurrency that meets every --slo"),
    choices: ["rate", "concurrency"],
  },
  list("slo", "LIMIT", "an objective of a search, a scenario or a recovery, e.g. 'p99<50ms', 'errors<0.1%'"),
  list(
    "stage",
    "NAME:RATE[-RATE]:TIME",
    "a stage of an open loop, e.g. warm:0-500:30s; after one named overload, one named recovery tells how soon the SLOs, or nine tenths of its rate, are met again",
  ),
  {
    ...text(
      "scenario",
      "NAME",
      "as MLPerf: single-stream, multi-stream, server (with --rate and --slo 'p99<…') or offline",
    ),
    choices: ["single-stream", "multi-stream", "server", "offline"],
  },
  text("plan", "FILE", "run the load plans in this file again: a result.json, a plan or a list of plans"),
  duration("duration", "length of each measurement (default 10s, in a sweep or search 4s)", 1),
  {
    ...duration(
      "warmup",
      "load before it that is not measured (default 2s, in a sweep or search 1s); auto: until it is steady, at most 30s",
    ),
    word: "auto",
    value: "TIME",
  },
  {
    ...duration(
      "auto-extend",
      "measure again, longer, what is too short or too unsteady to tell, for so long in all (60s where TIME is left out)",
      1,
    ),
    alone: 60_000,
  },
  count("server-pid", "observe processor time and memory of this process, its children and its control group", 1),
  text("server-cgroup", "PATH", "observe this control group instead, e.g. the folder of a container in /sys/fs/cgroup"),
  list("metrics-url", "NAME=URL", "observe an endpoint in the Prometheus text format"),
  flag("no-telemetry", "observe nothing while load runs"),
  flag("allow-remote", "allow load to an address that is not loopback"),
  list("threshold", "LIMIT", "e.g. 'p99<=50ms', 'error-rate<=1%', 'throughput>=100'"),
];

/** What is written. */
export const OUTPUT_OPTIONS: readonly OptionSpec[] = [
  text("out", "DIR", "where result.json, index.html, junit.xml and summary.md go (default infermark-report)"),
  flag("json", "print the result document to standard output, and nothing else there"),
  flag("quiet", "print no progress"),
  flag("no-dashboard", "show the progress of load in one line of the terminal"),
  {
    ...count("live", "also show the progress on a page at this port of the loopback interface; 0 for any free one"),
    value: "PORT",
  },
  flag("no-color", "print without colours; so does the environment variable NO_COLOR"),
  flag("verbose", "show the stack of an internal error"),
  count("seed", "seed of all random choices (default 1)"),
  text("config", "FILE", "options in YAML (default infermark.yaml where there is one); flags win over it"),
];

/** The name of an option as a key: `wait-ready` is `waitReady`, `no-fixtures` is `fixtures`. */
export function keyOf({ name }: Pick<OptionSpec, "name">): string {
  return name.replace(/^no-/, "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

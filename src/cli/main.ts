import { Command, CommanderError, Option } from "commander";
import { toolIdentity } from "./environment.ts";
import { ExitCode } from "./exit-codes.ts";
import { explainError } from "./explain-error.ts";
import {
  CONFORMANCE_OPTIONS,
  keyOf,
  LOAD_OPTIONS,
  type OptionSpec,
  OUTPUT_OPTIONS,
  TARGET_OPTIONS,
} from "./options.ts";

type Action = (...args: unknown[]) => Promise<number>;

const program = new Command("infermark")
  .description("Tells whether a model serving runtime keeps its protocol contract, and how much load it carries.")
  .version(toolIdentity().version)
  .showHelpAfterError("(add --help for the options)")
  .exitOverride();

function command(
  name: string,
  description: string,
  groups: Readonly<Record<string, readonly OptionSpec[]>>,
  action: Action,
): Command {
  const made = program.command(name).description(description).exitOverride();
  for (const [heading, options] of Object.entries(groups)) {
    for (const option of options) made.addOption(optionOf(option).helpGroup(heading));
  }
  return made.action(async (...args: unknown[]) => {
    process.exitCode = await action(...args);
  });
}

function optionOf({ name, kind, value = "VALUE", help, alone }: OptionSpec): Option {
  const argument = alone === undefined ? `<${value}>` : `[${value}]`;
  const option = new Option(`--${name}${kind === "boolean" ? "" : ` ${argument}`}`, help);
  // A flag that is not given stays undefined, so that the config file can speak.
  if (kind === "list")
    return option.argParser((given: string, before: string[] | undefined) => [...(before ?? []), given]);
  return option;
}

/** Each value of an option that may be given again. */
function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const runs =
  (parts: { readonly conformance: boolean; readonly load: boolean }): Action =>
  async (flags) => {
    const given = givenFlags(flags as Readonly<Record<string, unknown>>);
    const [{ readConfig }, { settingsFrom }, { run }] = await Promise.all([
      import("./config.ts"),
      import("./settings.ts"),
      import("./run.ts"),
    ]);
    const config = given["config"];
    return run(
      settingsFrom(given, readConfig(typeof config === "string" ? config : undefined)),
      parts,
      process.argv.slice(2),
    );
  };

/** Commander sets the key of a `--no-…` flag to true when it is absent; absent means not given. */
function givenFlags(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const negated = [...TARGET_OPTIONS, ...OUTPUT_OPTIONS].filter(({ name }) => name.startsWith("no-")).map(keyOf);
  return Object.fromEntries(Object.entries(flags).filter(([key, value]) => !(negated.includes(key) && value === true)));
}

const target = { "Target:": TARGET_OPTIONS };
const output = { "Output:": OUTPUT_OPTIONS };
command(
  "certify",
  "check conformance, measure load, and report both",
  { ...target, "Checks:": CONFORMANCE_OPTIONS, "Load:": LOAD_OPTIONS, ...output },
  runs({ conformance: true, load: true }),
);
command(
  "conformance",
  "check whether the runtime keeps its protocol contract",
  { ...target, "Checks:": CONFORMANCE_OPTIONS, ...output },
  runs({ conformance: true, load: false }),
);
command(
  "load",
  "measure how much load the runtime carries",
  { ...target, "Load:": LOAD_OPTIONS, ...output },
  runs({ conformance: false, load: true }),
);

command(
  "serve",
  "serve the reference runtime, for developing clients and for trying infermark out",
  {
    "Options:": [
      { name: "rest-port", kind: "text", value: "PORT", help: "REST port; 0 for any free one (default 8080)" },
      { name: "grpc-port", kind: "text", value: "PORT", help: "gRPC port; 0 for any free one (default 8081)" },
      { name: "host", kind: "text", value: "ADDRESS", help: "address to listen on (default 127.0.0.1)" },
      {
        name: "fault",
        kind: "list",
        value: "ID",
        help: "behave wrongly in this way, e.g. v2-rest:drops-id (repeatable)",
      },
      {
        name: "latency",
        kind: "text",
        value: "LAW",
        help: "time of each inference: 2ms, uniform:1ms:5ms, exponential:4ms, bimodal:1ms:20ms:0.1, stall:1ms:1s:10s or queue:2ms:4",
      },
      { name: "max-body", kind: "text", value: "SIZE", help: "largest request body (default 64MB)" },
    ],
  },
  async (flags) => (await import("./commands/serve.ts")).serve(flags as Readonly<Record<string, unknown>>),
);

command(
  "selftest",
  "tell how far the load measurements of this machine can be trusted; exit 4 when they cannot",
  {
    "Options:": [
      { name: "seconds", kind: "text", value: "N", help: "how long it takes, from 5 (default 30)" },
      { name: "json", kind: "boolean", help: "print JSON" },
    ],
  },
  async (flags) => (await import("./commands/selftest.ts")).selftest(flags as Readonly<Record<string, unknown>>),
);

command("demo", "serve the reference runtime, certify it, load it, and write a report", output, async (flags) =>
  (await import("./commands/demo.ts")).demo(givenFlags(flags as Readonly<Record<string, unknown>>)),
);

const replay = program
  .command("replay <document> [check]")
  .description("run the checks of a document again, against its target or from its transcripts")
  .exitOverride();
for (const [heading, options] of Object.entries({ ...target, ...output })) {
  for (const option of options) replay.addOption(optionOf(option).helpGroup(heading));
}
replay
  .option("--offline", "judge the recorded transcripts again, without the target")
  .action(
    async (
      file: string,
      check: string | undefined,
      { offline, ...flags }: { offline?: boolean } & Readonly<Record<string, unknown>>,
    ) => {
      const replayed = offline
        ? (await import("./commands/replay-offline.ts")).replayOffline
        : (await import("./commands/replay.ts")).replayLive;
      process.exitCode = await replayed(file, check, givenFlags(flags));
    },
  );

const baseline = program.command("baseline").description("work with a list of known failures").exitOverride();
const CONFIG = [
  "--config <FILE>",
  "where suites of your own are named (default infermark.yaml where there is one)",
] as const;
baseline
  .command("write <document>")
  .description("write the smallest list of known failures under which the run of a result.json passes")
  .option("--baseline <FILE>", "the list there is: its comments, reasons, issues, owners and days are kept")
  .option("--out <FILE>", "where it goes; standard output unless given")
  .option(...CONFIG)
  .exitOverride()
  .action(async (file: string, flags: Readonly<Record<string, string>>) => {
    process.exitCode = await (await import("./commands/baseline.ts")).writeBaseline(file, flags);
  });
baseline
  .command("check <document>")
  .description(
    "hold a result.json against a list of known failures, without a run; the exit code is that of such a run",
  )
  .requiredOption("--baseline <FILE>", "the list")
  .option(...CONFIG)
  .exitOverride()
  .action(async (file: string, flags: Readonly<Record<string, string>>) => {
    process.exitCode = await (await import("./commands/baseline.ts")).checkBaseline(file, flags);
  });

program
  .command("compare <base> <others...>")
  .description("print what changed from one result.json to another, or to several; exit 1 when something got worse")
  .option("--format <FORMAT>", "text, markdown or json", "text")
  .option("--html <FILE>", "also write a page with the latencies one over the other")
  .option("--min-effect <PERCENT>", "the least change of a time or rate under load that matters (default 3%)")
  .option("--no-color", "print without colours; so does the environment variable NO_COLOR")
  .option(...CONFIG)
  .exitOverride()
  .action(async (base: string, others: readonly string[], flags: Readonly<Record<string, unknown>>) => {
    process.exitCode = await (await import("./commands/compare.ts")).compare([base, ...others], flags);
  });

program
  .command("plan <document>")
  .description("tell from a sweep or search how many replicas carry a rate; exit 4 when the measurements do not tell")
  .option("--target-rate <RATE>", "requests per second that all replicas are to carry together, e.g. 1200/s")
  .option("--slo <LIMIT>", "a limit that must hold, e.g. p99<50ms (repeatable; of a search, its own)", collected)
  .option("--headroom <PERCENT>", "how much of what a replica carries stays unused (default 30%)")
  .option("--spare <N>", "replicas beyond those that carry the load (default 1)")
  .option("--arrivals <KIND>", "how requests come: poisson (default) or constant, dealt to the replicas in turn")
  .option("--dispersion <INDEX>", "how requests come, as an index of dispersion: 1 is poisson, more is bursts")
  .option("--trace <FILE>", "how requests come, measured from instants in seconds, one a line")
  .option("--price-per-hour <PRICE>", "of one replica; gives the cost of a million inferences")
  .option("--json", "print JSON")
  .exitOverride()
  .action(async (file: string, flags: Readonly<Record<string, unknown>>) => {
    process.exitCode = await (await import("./commands/plan.ts")).plan(file, flags);
  });

const report = program.command("report").description("work with reports").exitOverride();
report
  .command("render <document>")
  .description("write the reports of a result.json again, or one of them in another format")
  .option(
    "--format <FORMAT>",
    "html, junit, markdown, pr-comment, github, badge-json, badge-svg, prometheus, csv, csv-windows or hlog",
  )
  .option(
    "--out <PATH>",
    "folder of the reports (default infermark-report), or file of the one (default standard output)",
  )
  .option("--against <DOCUMENT>", "pr-comment: tell what changed since this result.json")
  .option("--link <URL>", "pr-comment: where the whole report is")
  .option("--id <NAME>", "pr-comment: which comment it is, where a job writes several")
  .exitOverride()
  .action(async (file: string, flags: Readonly<Record<string, string>>) => {
    process.exitCode = await (await import("./commands/report.ts")).render(file, flags);
  });
report
  .command("extract <page>")
  .description("print the result.json that an HTML report holds")
  .option("-o, --output <FILE>", "write it to a file")
  .exitOverride()
  .action(async (file: string, { output: to }: { output?: string }) => {
    process.exitCode = await (await import("./commands/report.ts")).extract(file, to);
  });

const fixtures = program.command("fixtures").description("work with the fixture models").exitOverride();
fixtures
  .command("export <runtime>")
  .description("write the fixture models for mlserver, kserve or triton, and how to start them")
  .requiredOption("--out <DIR>", "where they go")
  .option("--force", "write over what is there", false)
  .exitOverride()
  .action(async (runtime: string, { out, force }: { out: string; force: boolean }) => {
    process.exitCode = (await import("./commands/fixtures.ts")).exportFixtures(runtime, out, { force });
  });

program
  .command("list [what]")
  .description("list suites, checks, clauses, profiles, faults or models")
  .exitOverride()
  .action(async (what: string | undefined) => {
    process.exitCode = (await import("./commands/list.ts")).list(what);
  });
program
  .command("explain <id>")
  .description("explain a check, a clause or a fault")
  .exitOverride()
  .action(async (id: string) => {
    process.exitCode = (await import("./commands/explain.ts")).explain(id);
  });

/** Every way a command can end, as an exit code and at most a few lines on standard error. */
async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    process.exitCode = codeFor(thrown);
  }
}

function codeFor(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const { exitCode, text } = explainError(thrown, process.argv.includes("--verbose"));
  process.stderr.write(text);
  return exitCode;
}

/** A reader that has seen enough, such as `head`, must not end a run before its reports are written. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

await main();

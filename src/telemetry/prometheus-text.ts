/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  /** The declared type by the name of the family: `counter`, `gauge`, `histogram`, `summary`, `untyped` and others. */
  readonly types: ReadonlyMap<string, string>;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\[\\"n])*)"[ \t]*/y;
const VALUE = /[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Inf|NaN)(?=[ \t]|$)/y;
/** A timestamp, and in OpenMetrics an exemplar. */
const REST = /[ \t]*(?:[ \t]-?\d+(?:\.\d+)?)?[ \t]*(?:# \{.*)?$/y;
const BLANKS = /[ \t]*/y;
const TYPE = /^#[ \t]+TYPE[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]+([a-z]+)[ \t]*$/;

/**
 * Reads the Prometheus text format 0.0.4, and the lines of OpenMetrics that fit it. Throws an Error that names the first line that
 * does not. With `wanted`, lines of other names are not read beyond their name, and types not at all.
 */
export function parseExposition(text: string, wanted?: (name: string) => boolean): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const lines = text.split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.startsWith("#")) {
      const [, family, type] = (wanted ? undefined : TYPE.exec(line)) ?? [];
      if (family !== undefined && type !== undefined) types.set(family, type);
      continue;
    }
    if (line === "" || line.trim() === "") continue;
    const sample = parseLine(line, wanted, (problem) => new Error(`line ${index + 1} of the metrics ${problem}`));
    if (sample) samples.push(sample);
  }
  return { samples, types };
}

function parseLine(
  line: string,
  wanted: ((name: string) => boolean) | undefined,
  wrong: (problem: string) => Error,
): Sample | undefined {
  const start = line.startsWith(" ") || line.startsWith("\t") ? (matchAt(BLANKS, line, 0)?.[0].length ?? 0) : 0;
  const [name] = matchAt(NAME, line, start) ?? [];
  if (name === undefined) throw wrong("does not begin with a name");
  if (wanted && !wanted(name)) return undefined;
  let at = start + name.length;
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  at += matchAt(BLANKS, line, at)?.[0].length ?? 0;
  if (line[at] === "{") at = readLabels(line, at + 1, labels, wrong);
  else if (at === start + name.length) throw wrong("has no value");
  at += matchAt(BLANKS, line, at)?.[0].length ?? 0;
  const [text] = matchAt(VALUE, line, at) ?? [];
  if (text === undefined) throw wrong("has no number");
  if (!matchAt(REST, line, at + text.length)) throw wrong("goes on after its number");
  return { name, labels: { ...labels }, value: numberOf(text) };
}

/** Reads up to the closing brace and gives the place after it. */
function readLabels(
  line: string,
  from: number,
  into: Record<string, string>,
  wrong: (problem: string) => Error,
): number {
  let at = from;
  for (;;) {
    const found = matchAt(LABEL, line, at);
    if (found) {
      const [whole, name = "", value = ""] = found;
      if (name in into) throw wrong(`has the label ${name} twice`);
      into[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
      at += whole.length;
      if (line[at] === ",") {
        at++;
        continue;
      }
    } else at += matchAt(BLANKS, line, at)?.[0].length ?? 0;
    if (line[at] !== "}") throw wrong("has labels that are not well formed");
    return at + 1;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity").replace(/^[+-]?NaN$/, "NaN"));
}

/** A metric with its labels, sorted, as it would be exposed. */
export function sampleText({ name, labels }: Omit<Sample, "value">): string {
  const pairs = Object.keys(labels)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(labels[key])}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

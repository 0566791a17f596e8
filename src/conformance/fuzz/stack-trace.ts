/** What the stack of a program looks like in the languages that runtimes are written in. */
const TRACES: readonly RegExp[] = [
  /Traceback \(most recent call last\)/,
  /^\s*File "[^"\n]+", line \d+/m,
  /^\s*at [\w.$<>[\]/ ]+\(.*\.(?:java|kt|scala|cs|[cm]?[jt]s)(?::\d+){1,2}\)/m,
  /^\s*at (?:file:\/\/|\/|node:)\S+:\d+:\d+/m,
  /^goroutine \d+ \[/m,
  /panicked at .+:\d+/,
  /^\s*#\d+\s+0x[0-9a-f]+/m,
];

/** The first line of a program's stack in a text, also where its line breaks are escaped as in JSON; undefined when there is none. */
export function stackTraceIn(text: string): string | undefined {
  const lines = text.replaceAll(String.raw`\n`, "\n").replaceAll(String.raw`\"`, '"');
  for (const trace of TRACES) {
    const found = trace.exec(lines);
    if (found) return found[0].trim();
  }
  return undefined;
}

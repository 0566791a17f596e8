import type { ResultDocument } from "../result/index.ts";

/** A command line and what it repeats. */
export interface RepeatCommand {
  readonly what: string;
  readonly command: string;
}

/** How to repeat the run, its load alone, and its verdicts; secrets are not in the document, so they must be given anew. */
export function repeatCommands(
  { run, targets, load, conformance, transcripts }: ResultDocument,
  documentFile: string,
): readonly RepeatCommand[] {
  const [target] = targets;
  const sides = [
    ...(target?.rest === undefined ? [] : ["--rest", target.rest]),
    ...(target?.grpc === undefined ? [] : ["--grpc", target.grpc]),
  ];
  const measured = load?.runs.some(({ points }) => points.length > 0) ?? false;
  return [
    { what: "The run", command: commandLine(run.argv) },
    ...(measured
      ? [{ what: "Its load alone", command: commandLine(["infermark", "load", "--plan", documentFile, ...sides]) }]
      : []),
    ...(conformance && transcripts
      ? [
          {
            what: "Its verdicts, from the transcripts",
            command: commandLine(["infermark", "replay", "--offline", documentFile]),
          },
        ]
      : []),
  ];
}

/** Words as bash takes them. */
function commandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/**
 * Compares the HTTP/2 of the wire engine with node:http2 over generated streams of frames, valid and not, torn anywhere:
 * npx tsx --conditions=source bench/fuzz-http2.ts [answers] [seed]
 *
 * Works in child processes of some thousand streams each: node:http2 must not collect a session (see the oracle).
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compare, type Verdict } from "../test/load/wire/http2-fuzz/compare.ts";

const AT_ONCE = 64;
const STREAMS = 2000;
const MOST_SHOWN = 20;

interface Part {
  readonly answers: number;
  readonly divergences: readonly string[];
  readonly exceptions: readonly string[];
}

async function comparePart(seed: string, first: number): Promise<Part> {
  const verdicts: Verdict[] = [];
  let next = first;
  const work = async () => {
    while (next < first + STREAMS) verdicts.push(await compare(`${seed}-${next++}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    answers: verdicts.reduce((sum, { responses }) => sum + responses, 0),
    divergences: verdicts.flatMap(({ seed: of, divergence }) =>
      divergence === undefined ? [] : `${of}: ${divergence}`,
    ),
    exceptions: verdicts.flatMap(({ exception }) => exception ?? []),
  };
}

/** A part in a process of its own, which is killed: it must not collect what it leaves. */
async function comparePartApart(seed: string, first: number): Promise<Part> {
  const child = fork(fileURLToPath(import.meta.url), ["part", seed, String(first)], {
    execArgv: ["--conditions=source", "--import", "tsx"],
  });
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the streams from ${seed}-${first} on ended the process: ${code ?? signal}`);
  });
  const [part] = (await Promise.race([once(child, "message"), ended])) as [Part];
  ended.catch(() => undefined);
  child.kill("SIGKILL");
  return part;
}

async function main(wanted: number, seed: string): Promise<void> {
  const exceptions = new Map<string, number>();
  const started = performance.now();
  let answers = 0;
  let streams = 0;
  let divergent = 0;
  for (; answers < wanted; streams += STREAMS) {
    const part = await comparePartApart(seed, streams);
    answers += part.answers;
    for (const each of part.exceptions) exceptions.set(each, (exceptions.get(each) ?? 0) + 1);
    for (const each of part.divergences) if (++divergent <= MOST_SHOWN) console.log(each);
    console.error(`${answers} answers, ${divergent} divergences`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${answers} answers in ${streams} streams of the seed ${seed} in ${seconds} s: ${divergent} divergences`);
  for (const [section, count] of [...exceptions].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${count} × ${section}`);
  process.exitCode = divergent === 0 ? 0 : 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first === "part") process.send?.(await comparePart(rest[0] as string, Number(rest[1])));
else await main(Number(first ?? 1_000_000), rest[0] ?? "http2");

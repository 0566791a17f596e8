/**
 * Compares the HTTP/1.1 reader of the wire engine with llhttp and undici over generated answers, valid and not, cut anywhere:
 * npx tsx --conditions=source bench/fuzz-http1.ts [cases] [seed]
 */
import { seededRandom } from "../src/base/random.ts";
import { compare } from "../test/load/wire/http1-agreement.ts";
import { http1Case } from "../test/load/wire/http1-cases.ts";
import { undiciReader } from "../test/load/wire/http1-readers.ts";

const AT_ONCE = 64;
const MOST_SHOWN = 20;

const cases = Number(process.argv[2] ?? 1_000_000);
const seed = process.argv[3] ?? "http1";
const random = seededRandom(seed);
const exceptions = new Map<string, number>();
let done = 0;
let divergent = 0;

async function work(): Promise<void> {
  const undici = undiciReader();
  while (done < cases) {
    if (++done % 100_000 === 0) console.error(`${done} answers, ${divergent} divergences`);
    const agreement = await compare(http1Case(random), undici);
    for (const section of agreement.exceptions) exceptions.set(section, (exceptions.get(section) ?? 0) + 1);
    if (agreement.divergences.length > 0 && ++divergent <= MOST_SHOWN) console.log(agreement.divergences.join("\n"));
  }
  await undici.close();
}

const started = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(
  `${cases} answers from the seed ${seed} in ${Math.round((performance.now() - started) / 1000)} s: ${divergent} divergences`,
);
for (const [section, count] of [...exceptions].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${count} × ${section}`);
process.exitCode = divergent === 0 ? 0 : 1;

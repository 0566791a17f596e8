import { assetJson } from "../base/assets.ts";

interface Behaviour {
  readonly runtime: string;
  readonly version: string;
  readonly passes: readonly string[];
  readonly otherwise: readonly {
    readonly check: string;
    readonly outcome: string;
    readonly seen: string;
    readonly known?: string;
  }[];
}

const VERBS: Readonly<Record<string, string>> = { fail: "fails", warn: "warns", skip: "skipped" };

/** What the published results say of a check, a line for each runtime that was asked. */
export function behaviourIn(check: string): readonly string[] {
  // Written by `npm run generate`, which a test holds to the published documents.
  const { runtimes } = assetJson("#reports/runtimes/behaviour.json") as { readonly runtimes: readonly Behaviour[] };
  return runtimes.flatMap(({ runtime, version, passes, otherwise }) => {
    const name = `${runtime} ${version}`;
    if (passes.includes(check)) return [`${name}: passes`];
    const found = otherwise.find((each) => each.check === check);
    if (!found) return [];
    const { outcome, seen, known } = found;
    const verb = VERBS[outcome] ?? outcome;
    return [known === undefined ? `${name}: ${verb}: ${seen}` : `${name}: ${verb} (known: ${known})`];
  });
}

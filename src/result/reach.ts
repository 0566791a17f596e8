import type { Reach } from "./document.gen.ts";
import type { ReproTarget } from "./repro/repro-target.ts";
import { isSecretHeader, redactHeaderValue } from "./secrets.ts";

/** What a document keeps of how commands reach a target, so that they can be made again from it. */
export function reachOf({ headers, secretHeaders, tls, ...rest }: ReproTarget): Reach {
  return {
    ...rest,
    ...(tls && { tls: { ...tls } }),
    ...(headers && {
      headers: headers.map(([name, value]) => ({
        name,
        value: isSecretHeader(name, secretHeaders) ? redactHeaderValue(value) : value,
      })),
    }),
    ...(secretHeaders && { secretHeaders: [...secretHeaders] }),
  };
}

/** The same as commands take it. */
export function reproTargetOf({ headers, ...rest }: Reach): ReproTarget {
  return { ...rest, ...(headers && { headers: headers.map(({ name, value }) => [name, value] as const) }) };
}

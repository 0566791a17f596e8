import { serverSide } from "../metrics/server-side.ts";
import type { ValidityRule } from "./rule.ts";

/** No ground to doubt a measurement by itself: others may send too. Whoever reads it sees whether the server counted what was sent. */
export const serverCounted: ValidityRule = (measured) => {
  const counts = serverSide
    .from(measured)
    .flatMap(({ source, requests }) =>
      requests === undefined
        ? []
        : [
            `${requests} requests by ${source}${requests === measured.summary.sent ? "" : `, ${measured.summary.sent} were sent`}`,
          ],
    );
  return counts.length === 0 ? {} : { fact: { key: "counted by the server", value: counts.join("; ") } };
};

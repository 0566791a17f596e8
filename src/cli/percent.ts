import { InfermarkError } from "../base/errors.ts";

/** A share from a text such as `5%` or `0.05`. Throws USAGE for what is not from 0 to below `limit`, which is 1 unless given. */
export function parseShare(text: string, option: string, limit = 1): number {
  const [, digits, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  const share = Number(digits) / (percent === "%" ? 100 : 1);
  if (share >= 0 && share < limit) return share;
  throw new InfermarkError("USAGE", `${option} "${text}" is not a share below ${100 * limit} %`, {
    hint: "write it like 5%",
  });
}

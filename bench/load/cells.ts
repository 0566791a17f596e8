import type { Protocol, Question } from "./task.ts";

export type Size = "small" | "large";

/** One place of the table: a protocol, a size of tensor, and how many requests are in flight. */
export interface Cell {
  readonly id: string;
  readonly protocol: Protocol;
  readonly size: Size;
  readonly inFlight: number;
}

/** Four floats; and an image of 3 × 224 × 224, which is 602 kB. The cheap servers read the number of floats from the model's name. */
export const QUESTIONS: Readonly<Record<Size, Question>> = {
  small: { model: "m4", tensor: "x", floats: 4, configured: true },
  large: { model: "m150528", tensor: "x", floats: 150_528, configured: true },
};

export const CELLS: readonly Cell[] = (["http", "grpc"] as const).flatMap((protocol) =>
  (["small", "large"] as const).flatMap((size) =>
    [1, 32, 256].map((inFlight) => ({ id: `${protocol}-${size}-${inFlight}`, protocol, size, inFlight })),
  ),
);

/**
 * The cells whose id is in a list or ends with a member of it, such as `small-32` for both protocols or `32` for all; `http-small-8` names one with any
 * other number in flight. Throws where a member fits none.
 */
export function cellsNamed(list: string | undefined): readonly Cell[] {
  if (list === undefined) return CELLS;
  const fits = (cell: Cell, name: string) => cell.id === name || cell.id.endsWith(`-${name}`) || cell.protocol === name;
  const names = list.split(",");
  const others = names.filter((name) => !CELLS.some((cell) => fits(cell, name))).map(cellOf);
  return [...CELLS.filter((cell) => names.some((name) => fits(cell, name))), ...others];
}

function cellOf(id: string): Cell {
  const [, protocol, size, inFlight] = /^(http|grpc)-(small|large)-([1-9]\d{0,3})$/.exec(id) ?? [];
  if (protocol === undefined) throw new Error(`no cell is called ${id}: ${CELLS.map((cell) => cell.id).join(", ")}`);
  return { id, protocol: protocol as Protocol, size: size as Size, inFlight: Number(inFlight) };
}

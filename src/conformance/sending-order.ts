import type { Exchange } from "../transport/index.ts";

const order = new WeakMap<Exchange, number>();
let count = 0;

/** Takes a number when a request is sent; the function that comes back gives it to the exchange. */
export function noteSending(): <E extends Exchange>(exchange: E) => E {
  const number = ++count;
  return (exchange) => {
    order.set(exchange, number);
    return exchange;
  };
}

/** For sorting: answers overtake each other, but what was sent first comes first, also when a recording is judged again. */
export function bySending(a: Exchange, b: Exchange): number {
  return (order.get(a) ?? 0) - (order.get(b) ?? 0);
}

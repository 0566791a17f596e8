import type { Handler } from "../../src/reference/handler.ts";

/** The reference runtime as its bindings make it: this suite adds nothing of its own, and its faults change what they answer. */
export function referenceOf(bindings: readonly { readonly reference: Handler }[]): Handler {
  return async (request, world) => {
    for (const { reference } of bindings) {
      const reply = await reference(request, world);
      if (reply) return reply;
    }
    return undefined;
  };
}

import { repositoryChange, TOGGLE } from "../target/index.ts";
import type { CheckContext } from "./check.ts";
import type { Notebook } from "./context.ts";
import { describeAnswer, given } from "./expect.ts";
import { skip } from "./outcome.ts";

/** Unloads the fixture `toggle`, looks, and loads it again. What `look` saw last, not the load, is what the verdict is about. */
export async function whileUnloaded(
  context: Pick<CheckContext, "info" | "send" | "record">,
  notebook: Notebook,
  look: () => Promise<void>,
): Promise<void> {
  if (!context.info.rest) skip("the target has no REST address, over which models are unloaded");
  const unloaded = await context.send(repositoryChange(TOGGLE, "unload"));
  given.answered(unloaded);
  const { status } = unloaded.head;
  if (status < 200 || status > 299) skip(`the target does not unload ${TOGGLE}: ${describeAnswer(unloaded)}`);
  // Asked on its own, a model that is loaded again gives another answer.
  notebook.needsSeveral = true;
  try {
    await look();
  } finally {
    notebook.decisive ??= notebook.exchanges.length - 1;
    context.record("loading it again", describeAnswer(await context.send(repositoryChange(TOGGLE, "load"))));
  }
}

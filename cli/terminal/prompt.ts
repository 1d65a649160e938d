/** Asks for confirmation on a terminal. Does not ask in a pipe, with `--yes` or with `--json`. */
import { createInterface } from "node:readline/promises";
import { visibleLine } from "../../lib/core/escape-invisible.ts";
import type { CommandDeps } from "./command.ts";
import { RefusedError } from "./errors.ts";
import type { Values } from "./options.ts";

/** Whether a question is asked and can be seen. */
export const canAsk = (values: Values, { out, input }: Pick<CommandDeps, "out" | "input">): boolean =>
  !values.yes && !values.json && input.isTTY === true && out.isAttended;

/**
 * @param ask - returns the question; called only if it is asked.
 * @throws RefusedError unless the answer is yes, or if the question would not be visible, as in `2>&1 | tee`.
 */
export async function confirm(
  ask: () => string | Promise<string>,
  values: Values,
  { out, input }: CommandDeps,
): Promise<void> {
  if (values.yes || values.json || !input.isTTY) return;
  if (!out.isAttended) {
    throw new RefusedError(
      "nothing was done: the question would not be visible here; run the command again with --yes",
    );
  }
  const question = await ask();
  const lines = createInterface({ input, output: out.terminal, terminal: true });
  const stop = new AbortController();
  // Ctrl-C, Ctrl-D and a closed window mean no.
  lines.once("SIGINT", () => stop.abort()).once("close", () => stop.abort());
  const answer = await lines.question(`${visibleLine(question)} [y/N] `, { signal: stop.signal }).catch(() => {
    out.warn("");
    return "";
  });
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError("nothing was done");
}

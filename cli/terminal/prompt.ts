/** A question to the person at the terminal. Nobody is asked in a pipe, nor where `--yes` has answered. */
import { createInterface } from "node:readline/promises";
import type { CommandDeps } from "./command.ts";
import { RefusedError } from "./errors.ts";
import type { Values } from "./options.ts";

/**
 * @param ask - called only where somebody is asked.
 * @throws RefusedError unless the person says yes; also where somebody is there and could not see the question: `2>&1 | tee`.
 */
export async function confirm(
  ask: () => string | Promise<string>,
  values: Values,
  { out, input }: CommandDeps,
): Promise<void> {
  if (values.yes || values.json || !input.isTTY) return;
  if (!out.isAttended) {
    throw new RefusedError("nothing was done: you could not see the question here; type the same once more with --yes");
  }
  const question = await ask();
  const lines = createInterface({ input, output: out.terminal, terminal: true });
  const stop = new AbortController();
  // Ctrl-C, Ctrl-D, a closed window: that is no yes.
  lines.once("SIGINT", () => stop.abort()).once("close", () => stop.abort());
  const answer = await lines.question(`${question} [y/N] `, { signal: stop.signal }).catch(() => {
    out.warn("");
    return "";
  });
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError("nothing was done");
}

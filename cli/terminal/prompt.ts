/** Asks for confirmation on a terminal. Does not ask in a pipe, with `--yes` or with `--json`. */
import { createInterface } from "node:readline/promises";
import { visibleLine } from "../../lib/core/escape-invisible.ts";
import type { CommandDeps } from "./command.ts";
import { RefusedError } from "./errors.ts";
import type { Values } from "./options.ts";

/** Whether `confirm` asks. */
export const asksFirst = (values: Values, { input }: Pick<CommandDeps, "input">): boolean =>
  !values.yes && !values.json && input.isTTY === true;

/**
 * @param ask - returns the question; called only if it is asked.
 * @throws RefusedError unless the answer is yes, or if the question would not be visible, as in `2>&1 | tee`.
 */
export async function confirm(ask: () => string | Promise<string>, values: Values, deps: CommandDeps): Promise<void> {
  if (!asksFirst(values, deps)) return;
  const { out } = deps;
  if (!out.isAttended) {
    throw new RefusedError(
      "nothing was done: the question would not be visible here; run the command again with --yes",
    );
  }
  const answer = await askLine(`${await ask()} [y/N] `, deps);
  if (!/^y(es)?$/i.test(answer)) throw new RefusedError("nothing was done");
}

/** Asks for one line on a terminal. @returns "" for Ctrl-C, Ctrl-D and a closed window too. */
export async function askLine(question: string, { out, input }: Pick<CommandDeps, "out" | "input">): Promise<string> {
  const lines = createInterface({ input, output: out.terminal, terminal: true });
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort()).once("close", () => stop.abort());
  const answer = await lines.question(visibleLine(question), { signal: stop.signal }).catch(() => {
    out.warn("");
    return "";
  });
  lines.close();
  return answer.trim();
}

/**
 * Asks for confirmation on a terminal. A question that cannot be asked (in a pipe, with `--json`, or where nobody would see it) is answered
 * by `--yes` only.
 */
import { createInterface } from "node:readline/promises";
import { visibleLine } from "../../lib/core/escape-invisible.ts";
import type { CommandDeps } from "./command.ts";
import { RefusedError } from "./errors.ts";
import type { Values } from "./options.ts";

/** The line of a command's help for `--yes`. */
export const YES_HELP =
  "  --yes          do not ask for confirmation; required in a pipe and with --json, where nothing is asked";

/** Whether `confirm` asks. */
export const asksFirst = (values: Values, { input, out }: Pick<CommandDeps, "input" | "out">): boolean =>
  !values.yes && !values.json && input.isTTY === true && out.isAttended;

/** Called before the first request, so that nothing is begun that could not be confirmed. @throws RefusedError */
export function expectConsent(values: Values, deps: Pick<CommandDeps, "input" | "out">): void {
  if (values.yes || values["dry-run"] || asksFirst(values, deps)) return;
  const where = values.json
    ? "with --json"
    : deps.input.isTTY
      ? "here, because it would not be visible"
      : "without a terminal";
  throw new RefusedError(
    `nothing was done: the question whether to go on cannot be asked ${where}: check the request, and run the command again with --yes`,
  );
}

/**
 * @param ask - returns the question; called only if it is asked.
 * @throws RefusedError unless the answer is yes.
 */
export async function confirm(ask: () => string | Promise<string>, values: Values, deps: CommandDeps): Promise<void> {
  if (values.yes) return;
  expectConsent({ ...values, "dry-run": undefined }, deps);
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

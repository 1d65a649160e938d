/** Watches a batch until it is over. Only looks: whoever stops watching stops nothing else. */
import { visible } from "../lib/visible.ts";
import { batchText, failures, isOver, progressText, resultText, wentWrong } from "./batch-text.ts";
import { type CommandDeps, EXIT, type Exit, FailedError, type Values } from "./command.ts";
import type { Operator } from "./operator.ts";
import type { ShownBatch, ShownResult } from "./operator-answer.ts";
import { SHOWN } from "./plan-text.ts";
import { resultRow, writeLines } from "./results-file.ts";

const POLL_MS = 1_500;

export interface Watching {
  readonly orderId: string;
  readonly values: Values;
  /** NDJSON of the results. */
  readonly file?: string | undefined;
  readonly signal: AbortSignal;
}

/** @returns 0 if all of it came to what was asked for. */
export async function watchBatch(watching: Watching, operator: Operator, deps: CommandDeps): Promise<Exit> {
  const { orderId, signal } = watching;
  const { out, sleep } = deps;
  for (;;) {
    const batch = await progressOf(watching, operator);
    if (batch && isOver(batch)) return tellEnd(watching, operator, deps);
    if (signal.aborted) {
      out.warn(leftAlone(orderId));
      return EXIT.failed;
    }
    if (batch) out.progress(progressText(batch));
    await sleep(POLL_MS, signal);
  }
}

/** @throws FailedError that says how to go on: the batch itself needs nobody who watches. */
async function progressOf({ orderId, signal }: Watching, operator: Operator): Promise<ShownBatch | undefined> {
  const asked = { action: "status", orderId, results: false, reason: "offair watch" } as const;
  try {
    const { answer } = await operator.ask(asked, { signal });
    if (answer.batch) return answer.batch;
  } catch (cause) {
    if (signal.aborted) return undefined;
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(`${cause.message}. The batch goes on; offair watch ${orderId} goes on watching`, { cause });
  }
  throw new FailedError(`${orderId} is no batch: offair status ${orderId} tells of it`);
}

const leftAlone = (orderId: string): string =>
  [
    "stopped watching; the batch goes on:",
    `  offair watch ${orderId}                  goes on watching`,
    `  offair cancel ${orderId} --reason TEXT   stops what was not sent yet`,
    `  offair undo ${orderId} --reason TEXT     stops it, and plans to take back the rest`,
  ].join("\n");

/** What came of each stream, and of all of it last. */
export async function tellEnd(
  { orderId, values, file }: Omit<Watching, "signal">,
  operator: Operator,
  { out }: CommandDeps,
): Promise<Exit> {
  const { answer } = await operator.ask({ action: "status", orderId, reason: "offair watch" });
  const { batch, results } = answer;
  if (!batch) throw new FailedError(`${orderId} is no batch: offair status ${orderId} tells of it`);
  const isApplied = batch.appliedAt !== undefined;
  const exit = failures(batch) > 0 ? EXIT.failed : isApplied ? EXIT.done : EXIT.refused;
  const shown = isApplied ? results : []; // of a plan that never was applied there is no result
  if (file !== undefined) await writeLines(file, [...shown.map(resultRow), { type: "summary", ...batch, exit }]);
  if (values.json) {
    for (const each of shown) out.json(resultRow(each));
    out.json({ type: "summary", ...batch, exit });
    return exit;
  }
  sayResults(shown, values, out);
  for (const line of batchText(batch, out.paint)) out.say(line);
  if (file !== undefined) out.say(`each result is in ${visible(file)}`);
  if (isApplied && batch.action !== "enable") out.say(`to take it back: offair undo ${orderId} --reason TEXT`);
  return exit;
}

/** On a terminal of a long list only what went wrong, and that always. */
export function sayResults(results: readonly ShownResult[], values: Values, out: CommandDeps["out"]): void {
  const all = values.all === true || !out.isTerminal;
  const shown = all ? results : [...results.slice(0, SHOWN), ...results.slice(SHOWN).filter(wentWrong)];
  for (const each of shown) for (const line of resultText(each, out.paint)) out.say(line);
  const rest = results.length - shown.length;
  if (rest > 0) out.say(`… and ${rest.toLocaleString("en-US")} more that went well: --all shows them`);
}

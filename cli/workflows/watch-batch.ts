/** Watches a batch until it is over. Only looks: whoever stops watching stops nothing else. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Operator, OperatorRequest } from "../operator/client.ts";
import { issueText } from "../operator/fault-text.ts";
import type { Reply } from "../operator/http.ts";
import type { ShownBatch, ShownResult } from "../operator/response.ts";
import { batchText, failures, isOver, progressText, resultText, wentWrong } from "../render/batch.ts";
import { SHOWN } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { FailedError, RefusedError } from "../terminal/errors.ts";
import type { Values } from "../terminal/options.ts";
import { brokeDown } from "./refusals.ts";
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
    if (signal.aborted) return stopped(orderId, out);
    if (batch) out.progress(progressText(batch));
    await sleep(POLL_MS, signal);
  }
}

async function progressOf(watching: Watching, operator: Operator): Promise<ShownBatch | undefined> {
  const { orderId } = watching;
  const asked = { action: "status", orderId, results: false, reason: "offair watch" } as const;
  const reply = await askFor(asked, watching, operator);
  return reply && batchOf(reply, orderId);
}

/** @throws RefusedError, FailedError where there is none in it. */
function batchOf({ answer, isTaken }: Reply, orderId: string): ShownBatch {
  if (answer.batch) return answer.batch;
  const [issue] = answer.errors;
  if (issue && brokeDown(answer)) throw new FailedError(`${issueText(issue)}${goesOn(orderId)}`);
  if (issue && !isTaken) throw new RefusedError(`refused: ${issueText(issue)}`);
  throw new FailedError(`${orderId} is no batch: offair status ${orderId} tells of it`);
}

const goesOn = (orderId: string): string => `. The batch goes on; offair watch ${orderId} goes on watching`;

/**
 * @returns undefined where nobody waits for it any more.
 * @throws FailedError that says how to go on: the batch itself needs nobody who watches.
 */
async function askFor(
  asked: OperatorRequest,
  { orderId, signal }: Watching,
  operator: Operator,
): Promise<Reply | undefined> {
  try {
    return await operator.ask(asked, { signal });
  } catch (cause) {
    if (signal.aborted) return undefined;
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(`${cause.message}${goesOn(orderId)}`, { cause });
  }
}

function stopped(orderId: string, out: CommandDeps["out"]): Exit {
  out.warn(leftAlone(orderId));
  return EXIT.failed;
}

const leftAlone = (orderId: string): string =>
  [
    "stopped watching; the batch goes on:",
    `  offair watch ${orderId}                  goes on watching`,
    `  offair cancel ${orderId} --reason TEXT   stops what was not sent yet`,
    `  offair undo ${orderId} --reason TEXT     stops it, and plans to take back the rest`,
  ].join("\n");

/** What came of each stream, and of all of it last. */
async function tellEnd(watching: Watching, operator: Operator, { out }: CommandDeps): Promise<Exit> {
  const { orderId, values, file } = watching;
  const reply = await askFor({ action: "status", orderId, reason: "offair watch" }, watching, operator);
  if (!reply) return stopped(orderId, out);
  const batch = batchOf(reply, orderId);
  const { results } = reply.answer;
  const isApplied = batch.appliedAt !== undefined;
  const exit = failures(batch) > 0 ? EXIT.failed : isApplied ? EXIT.done : EXIT.refused;
  const shown = isApplied ? results : []; // of a plan that never was applied there is no result
  const rows = [...shown.map(resultRow), { type: "summary", ...batch, exit }];
  if (values.json) for (const each of rows) out.json(each);
  else {
    sayResults(shown, values, out);
    for (const line of batchText(batch, out.paint)) out.say(line);
    if (isApplied && batch.action !== "enable") out.say(`to take it back: offair undo ${orderId} --reason TEXT`);
  }
  if (file === undefined) return exit;
  await writeLines(file, rows, `offair watch ${orderId} --out FILE writes it elsewhere`);
  if (!values.json) out.say(`each result is in ${escapeInvisible(file)}`);
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

/** Shows the progress of a batch until it has ended. The batch does not depend on it. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { BatchProgress, Result } from "../../lib/operator/contract/response-schema.ts";
import type { Operator, OperatorRequest } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { issueText } from "../operator/issue-text.ts";
import { batchText, failures, hasFailed, isOver, progressText, resultText } from "../render/batch.ts";
import { SHOWN } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { FailedError, RefusedError } from "../terminal/errors.ts";
import type { Values } from "../terminal/options.ts";
import { isInternal } from "./refusals.ts";
import { resultRow, writeLines } from "./results-file.ts";

const POLL_MS = 1_500;

export interface WatchRequest {
  readonly orderId: string;
  readonly values: Values;
  /** NDJSON of the results. */
  readonly file?: string | undefined;
  readonly signal: AbortSignal;
}

/** @returns 0 if every stream succeeded. */
export async function watchBatch(watch: WatchRequest, operator: Operator, deps: CommandDeps): Promise<Exit> {
  const { orderId, signal } = watch;
  const { out, sleep } = deps;
  for (;;) {
    const reply = await readStatus({ orderId, results: false }, watch, operator);
    const batch = reply && batchOf(reply, orderId);
    if (batch && isOver(batch)) return printEnd(watch, operator, deps);
    if (signal.aborted) return stopped(orderId, out);
    if (batch) out.progress(progressText(batch));
    await sleep(POLL_MS, signal);
  }
}

/** @throws RefusedError, FailedError if the response has no batch. */
function batchOf({ answer, isTaken }: Reply, orderId: string): BatchProgress {
  if (answer.batch) return answer.batch;
  const [issue] = answer.errors;
  if (issue && isInternal(answer)) throw new FailedError(`${issueText(issue)}${continuesText(orderId)}`);
  if (issue && !isTaken) throw new RefusedError(`refused: ${issueText(issue)}`);
  throw new FailedError(`${orderId} is not a batch: offair status ${orderId} shows what it is`);
}

const continuesText = (orderId: string): string => `. The batch continues; offair watch ${orderId} shows it again`;

/**
 * @returns undefined if watching was stopped.
 * @throws FailedError with the command that watches again.
 */
async function readStatus(
  query: Pick<Extract<OperatorRequest, { action: "status" }>, "orderId" | "results">,
  { orderId, signal }: WatchRequest,
  operator: Operator,
): Promise<Reply | undefined> {
  try {
    return await operator.ask({ action: "status", reason: "offair watch", ...query }, { signal });
  } catch (cause) {
    if (signal.aborted) return undefined;
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(`${cause.message}${continuesText(orderId)}`, { cause });
  }
}

function stopped(orderId: string, out: CommandDeps["out"]): Exit {
  out.warn("stopped watching; the batch continues:");
  out.warn(`  offair watch ${orderId}                  shows it again`);
  out.warn(`  offair cancel ${orderId} --reason TEXT   stops what was not sent yet`);
  out.warn(`  offair undo ${orderId} --reason TEXT     cancels it, and plans to reverse what was done`);
  return EXIT.failed;
}

/** Prints the result of each stream, and then the summary. */
async function printEnd(watch: WatchRequest, operator: Operator, { out }: CommandDeps): Promise<Exit> {
  const { orderId, values, file } = watch;
  const reply = await readStatus({ orderId }, watch, operator);
  if (!reply) return stopped(orderId, out);
  const batch = batchOf(reply, orderId);
  const isApplied = batch.appliedAt !== undefined;
  const exit = failures(batch) > 0 ? EXIT.failed : isApplied ? EXIT.done : EXIT.refused;
  const results = isApplied ? reply.answer.results : []; // a plan that was never applied has no results
  const rows = [...results.map(resultRow), { type: "summary", ...batch, exit }];
  if (values.json) for (const each of rows) out.json(each);
  else {
    printResults(results, values, out);
    for (const line of batchText(batch, out.paint)) out.say(line);
    if (isApplied && batch.action !== "enable") out.say(`to reverse it: offair undo ${orderId} --reason TEXT`);
  }
  if (file === undefined) return exit;
  await writeLines(file, rows, `offair watch ${orderId} --out FILE writes it elsewhere`);
  if (!values.json) out.say(`the results are in ${escapeInvisible(file)}`);
  return exit;
}

/** On a terminal, a long list is cut after the first results; failures are always printed. */
export function printResults(results: readonly Result[], values: Values, out: CommandDeps["out"]): void {
  const all = values.all === true || !out.isTerminal;
  const shown = all ? results : [...results.slice(0, SHOWN), ...results.slice(SHOWN).filter(hasFailed)];
  for (const each of shown) for (const line of resultText(each, out.paint)) out.say(line);
  const rest = results.length - shown.length;
  if (rest > 0) out.say(`… and ${rest.toLocaleString("en-US")} more that succeeded: --all shows them`);
}

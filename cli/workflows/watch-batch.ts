/** Shows the progress of a batch until it has ended. The batch does not depend on it. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { BatchProgress, Result } from "../../lib/operator/contract/response-schema.ts";
import type { Operator, OperatorRequest } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { issueText } from "../operator/issue-text.ts";
import { batchText, failures, isOver, newFailures, resultText, reversalOf } from "../render/batch.ts";
import { SHOWN } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { FailedError, isForPeople, RefusedError } from "../terminal/errors.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Values } from "../terminal/options.ts";
import { type BatchMeter, createBatchMeter, resultKey } from "./batch-meter.ts";
import { isInternal } from "./refusals.ts";
import { resultRow, writeLines } from "./results-file.ts";

const POLL_MS = 1_500;

/** Failures that are told while the batch runs. More of them are told by their number. */
const TOLD = 20;

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
  const { out, sleep, now } = deps;
  const meter = createBatchMeter(deps);
  let seen: BatchProgress | undefined;
  for (;;) {
    const askedMs = now().getTime();
    const reply = await readStatus({ orderId, results: false }, watch, operator);
    const readMs = (askedMs + now().getTime()) / 2;
    const batch = reply && batchOf(reply, orderId);
    if (batch && isOver(batch)) return printEnd(watch, meter, operator, deps);
    seen = batch ?? seen;
    if (signal.aborted) return stopped(orderId, seen, out);
    if (batch) {
      if (newFailures(batch) > meter.told.size) await tellFailures(watch, meter, operator);
      meter.show(batch, readMs);
    }
    await sleep(POLL_MS, signal);
  }
}

/** Reads them only when there are new ones: each costs a part of the plan. The results at the end have those that were not told. */
async function tellFailures(watch: WatchRequest, meter: BatchMeter, operator: Operator): Promise<void> {
  if (meter.told.size >= TOLD) return;
  const reply = await readStatus({ orderId: watch.orderId, results: "failed" }, watch, operator);
  if (reply?.isTaken) meter.tell(reply.answer.results.slice(0, TOLD)); // an older function refuses the request
}

/** @throws RefusedError, FailedError if the response has no batch. */
function batchOf({ answer, isTaken, request }: Reply, orderId: string): BatchProgress {
  if (answer.batch) return answer.batch;
  const [issue] = answer.errors;
  if (issue && isInternal(answer)) throw new FailedError(`${issueText(issue, request)}${continuesText(orderId)}`);
  if (issue && !isTaken) throw new RefusedError(`refused: ${issueText(issue, request)}`);
  throw new FailedError(`${orderId} is not a batch: offair status ${orderId} shows what it is`);
}

const continuesText = (orderId: string): string => `. The batch continues; offair watch ${orderId} shows it again`;

/**
 * @returns undefined if watching was stopped.
 * @throws FailedError with the command that watches again, also if AWS refuses the credentials: the batch does not depend on them.
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
    if (!isForPeople(cause)) throw cause;
    throw new FailedError(`${cause.message}${continuesText(orderId)}`, { cause });
  }
}

/** @param batch - as it was seen last; undefined: not at all. */
function stopped(orderId: string, batch: BatchProgress | undefined, out: CommandDeps["out"]): Exit {
  out.warn("stopped watching; the batch continues:");
  out.warn(`  offair watch ${orderId}                  shows it again`);
  out.warn(`  offair cancel ${orderId} --reason TEXT   stops what was not sent yet`);
  if (batch?.action === "disable")
    out.warn(`  offair undo ${orderId} --reason TEXT     cancels it, and plans to reverse what was done`);
  return EXIT.failed;
}

/** Prints the result of each stream, and then the summary. */
async function printEnd(
  watch: WatchRequest,
  { told }: BatchMeter,
  operator: Operator,
  { out }: CommandDeps,
): Promise<Exit> {
  const { orderId, values, file } = watch;
  const reply = await readStatus({ orderId }, watch, operator);
  if (!reply) return stopped(orderId, undefined, out);
  const batch = batchOf(reply, orderId);
  const isApplied = batch.appliedAt !== undefined;
  const exit = failures(batch) > 0 ? EXIT.failed : isApplied ? EXIT.done : EXIT.refused;
  const results = isApplied ? reply.answer.results : []; // a plan that was never applied has no results
  const rows = [...results.map(resultRow), { type: "summary", ...batch, exit }];
  if (values.json) for (const each of rows) out.json(each);
  else {
    const isSeen = (result: Result): boolean => out.isAttended && told.has(resultKey(result));
    printResults(results, values, out, isSeen);
    for (const line of batchText(batch, out.paint)) out.say(line);
    const reversal = isApplied ? reversalOf(batch) : undefined;
    if (reversal !== undefined) out.say(reversal);
  }
  if (file === undefined) return exit;
  await writeLines(file, rows, `offair watch ${orderId} --out FILE writes it elsewhere`);
  if (!values.json) out.say(`the results are in ${escapeInvisible(file)}`);
  return exit;
}

/**
 * On a terminal, a long list is cut after the first results; failures are always printed.
 *
 * @param isSeen - failures that the terminal shows already.
 */
export function printResults(
  results: readonly Result[],
  values: Values,
  out: CommandDeps["out"],
  isSeen: (result: Result) => boolean = () => false,
): void {
  const isCut = values.all !== true && out.isTerminal;
  const fresh = isCut ? results.filter((each) => !isSeen(each)) : results;
  const shown = isCut ? [...fresh.slice(0, SHOWN), ...fresh.slice(SHOWN).filter(hasFailed)] : fresh;
  for (const each of shown) for (const line of resultText(each, out.paint)) out.say(line);
  const rest = fresh.length - shown.length;
  if (rest > 0) out.say(`… and ${numberText(rest)} more that succeeded: --all shows them`);
}

/** The progress of a batch and the result of each stream, as lines for people. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OrderSummary } from "../../lib/operator/contract/order-summary.ts";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { BatchProgress, Result } from "../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../lib/operator/contract/shorter.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf, secondsText, untilText } from "../terminal/duration.ts";
import { countOf, numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { leftOutText } from "./review/without-verdict.ts";

/** Outcomes of calls that Live accepted. */
const TAKEN = ["verified", "accepted", "unverified"];
/** Counted together as failed. */
const FAILED = ["failed", "refused", "held"];

const DONE: Readonly<Record<string, string>> = { pause: "cut", disable: "disabled", enable: "enabled" };

export const streamsText = (count: number): string => countOf(count, "stream");

export const casesText = (count: number): string => countOf(count, "case");

/** `disable of 24 streams`, `reject of 3 cases`: a rejection changes no stream. */
export const actionText = (action: string, count: number): string =>
  `${escapeInvisible(action)} of ${action === "reject" ? casesText(count) : streamsText(count)}`;

export const isOver = ({ state }: BatchProgress): boolean => !["planned", "running", "cancelling"].includes(state);

/** What reverses a batch. Undefined: nothing does, because a pause is over by itself, and an undo disables no stream. */
export function reversalOf({ orderId, action }: Pick<BatchProgress, "orderId" | "action">): string | undefined {
  if (action === "reject") return "a verdict is taken back by offair review reopen CASE --reason TEXT";
  return action === "disable" ? `to reverse it: ${commandText("undo", [orderId], { reason: "TEXT" })}` : undefined;
}

const sumOf = ({ outcomes }: BatchProgress, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (Object.hasOwn(outcomes, name) ? (outcomes[name] ?? 0) : 0), 0);

export const failures = (batch: BatchProgress): number =>
  sumOf(
    batch,
    Object.keys(batch.outcomes).filter((outcome) => hasFailed({ outcome })),
  );

/** Streams that did not succeed, except those that were not sent because the batch was cancelled. */
export const newFailures = (batch: BatchProgress): number => failures(batch) - sumOf(batch, ["cancelled"]);

/** `2 failed`, `1 unknown`: what is not zero. */
export function failureCounts(batch: BatchProgress): string[] {
  const counts: [string, number][] = [
    ["failed", sumOf(batch, FAILED)],
    ["unknown", sumOf(batch, ["unknown"])],
    ["superseded", sumOf(batch, ["superseded"])],
    ["cancelled", sumOf(batch, ["cancelled"])],
  ];
  return counts.filter(([, count]) => count > 0).map(([name, count]) => `${numberText(count)} ${name}`);
}

function countsText(batch: BatchProgress, action: string): string {
  if (action === "reject") return `${numberText(sumOf(batch, ["rejected"]))} rejected`;
  const verified = sumOf(batch, ["verified"]);
  const { keptOff = 0 } = batch;
  return [
    `${numberText(sumOf(batch, TAKEN) - keptOff)} ${DONE[action] ?? "done"}`,
    ...(keptOff > 0 ? [`${numberText(keptOff)} kept disabled`] : []),
    `${numberText(verified)} verified`,
    ...(sumOf(batch, FAILED) === 0 ? ["0 failed"] : []),
    ...failureCounts(batch),
  ].join(", ");
}

const STATES: Readonly<Record<string, string>> = {
  planned: "is a plan that was not applied yet",
  expired: "is a plan that was never applied, and has expired",
  running: "is running",
  cancelling: "was cancelled; calls that were sent before are still ending",
  done: "is done",
  cancelled: "was cancelled",
};

export function* batchText(batch: BatchProgress, paint: Out["paint"]): Generator<string> {
  const { orderId, action, state, count, left, appliedAt, endedAt } = batch;
  const what = `${orderId}, ${actionText(action, count)}`;
  yield paint("bold", `${what}, ${STATES[state] ?? escapeInvisible(state)}`);
  yield* whoText(batch, paint);
  if (appliedAt === undefined) return;
  const colour = failures(batch) > 0 ? "yellow" : left === 0 ? "green" : "bold";
  yield `${paint(colour, countsText(batch, action))}${left > 0 ? `, ${numberText(left)} left` : ""}`;
  const ended = endedAt === undefined ? "" : `, last result at ${secondOf(endedAt)}${took(appliedAt, endedAt)}`;
  yield `applied at ${secondOf(appliedAt)}${ended}`;
  yield* leftOutOf(batch);
  if (batch.waiting) yield paint("yellow", waitingText(batch.waiting));
}

/** Cases that a plan of verdicts gave none. */
function* leftOutOf({ leftOut = [] }: BatchProgress): Generator<string> {
  if (leftOut.length === 0) return;
  yield `${casesText(leftOut.length)} got no verdict from it:`;
  for (const each of leftOut.slice(0, LEFT_OUT_SHOWN)) yield `  ${leftOutText(each)}`;
  const rest = leftOut.length - LEFT_OUT_SHOWN;
  if (rest > 0) yield `  … and ${numberText(rest)} more: --json has them all`;
}

const LEFT_OUT_SHOWN = 20;

function* whoText(batch: BatchProgress, paint: Out["paint"]): Generator<string> {
  const { reason, requestedBy, approvedBy, appliedBy, cancelledBy, undoes, breakGlass } = batch;
  if (reason !== undefined) yield `because   ${escapeInvisible(reason)}`;
  const people: [string, string | undefined][] = [
    ["planned", requestedBy],
    ["approved", approvedBy],
    ["applied", appliedBy],
    ["cancelled", cancelledBy],
  ];
  for (const [did, who] of people) if (who !== undefined) yield `${did.padEnd(10)}by ${escapeInvisible(who)}`;
  if (breakGlass) yield paint("yellow", "applied without a second person (break-glass)");
  if (undoes !== undefined) yield `undoes    ${escapeInvisible(undoes)}`;
}

const took = (from: string, to: string): string => {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return Number.isFinite(seconds) ? `, after ${secondsText(seconds)}` : "";
};

/** The end that the stream had before, if it is another one. */
export function insteadText(result: Result): string {
  const { resumeTime, previousResumeTime: before } = result;
  if (before === undefined || before === resumeTime) return "";
  const end = before === null ? "no known end" : escapeInvisible(secondOf(before));
  return ` instead of ${end}${shortens(result) ? ", EARLIER" : ""}`;
}

/** What an order or a batch waits for. Live's text ends the line. */
const waitingText = ({ since, error, message }: NonNullable<Result["waiting"]>): string =>
  `waits since ${escapeInvisible(secondOf(since))}: ${causeText(error, message)}`;

/** A message usually names its code. */
const causeText = (error: string, message: string | undefined): string =>
  escapeInvisible(message === undefined ? error : message.includes(error) ? message : `${error}: ${message}`);

/** Of a planned result: nobody pushes the name, and the names that may be meant. Each of them ends its line. */
export function notLiveText({ isLive, nearest = [], stream }: Result): string[] {
  if (isLive !== false) return [];
  const hint = "nobody pushes this name now, as far as Live lists it (a push of the last minutes may be missing)";
  if (nearest.length === 0) return [`${hint}; no live name of this app resembles it`];
  return [
    `${hint}; live are:`,
    ...nearest.map((name) => `  ${escapeInvisible(formatStream({ ...stream, stream: name }))}`),
  ];
}

const OUTCOME_WIDTH = 12;

/** The name ends its line: right-to-left text would change the order of what follows it. */
const overturnText = ({ because, by, at, reason }: NonNullable<OrderSummary["overturned"]>): string =>
  `marked as wrong (${escapeInvisible(because)}) by ${escapeInvisible(by)} at ${escapeInvisible(secondOf(at))}: ${escapeInvisible(reason)}`;

export function* resultText(result: Result, paint: Out["paint"]): Generator<string> {
  const { outcome, action, resumeTime, orderNumber, requestId, error, message, waiting, orders } = result;
  const words = action === undefined ? (outcome ?? "-") : `${action} ${outcome ?? "-"}`;
  const word = escapeInvisible(words).padEnd(OUTCOME_WIDTH - 2);
  const until = resumeTime ? `until ${escapeInvisible(secondOf(resumeTime))}${insteadText(result)}  ` : "";
  const shown = orders && outcome === undefined ? "" : `${hasFailed(result) ? paint("red", word) : word}  ${until}`;
  yield `${shown}${escapeInvisible(formatStream(result.stream))}`;
  if (result.isLive === false && outcome !== "planned" && !hasFailed(result))
    yield paint("yellow", `  ${resumeTime ? DONE.disable : DONE.pause}, and nobody was pushing it`);
  if (error !== undefined) yield `  ${causeText(error, message)}`;
  if (waiting) yield `  ${waitingText(waiting)}`;
  if (hasFailed(result) && orderNumber !== undefined) {
    yield `  order ${orderNumber}${requestId === undefined ? "" : `, request ${escapeInvisible(requestId)}`}`;
  }
  for (const order of orders ?? []) {
    const outcome = `${order.outcome ?? "in progress"}${order.proof === undefined ? "" : ` (${order.proof})`}`;
    yield `  ${escapeInvisible(secondOf(order.placedAt))}  ${escapeInvisible(order.action)}${untilText(order.resumeTime)}: ${escapeInvisible(outcome)}, by ${escapeInvisible(order.by)}`;
    yield `    order ${order.number}${order.orderId === undefined ? "" : ` of ${escapeInvisible(order.orderId)}`}`;
    yield `    ${escapeInvisible(order.reason)}`;
    if (order.error !== undefined) yield `    ${causeText(order.error, order.message)}`;
    if (order.waiting) yield `    ${waitingText(order.waiting)}`;
    if (order.reverses !== undefined)
      yield `    the appeal ${escapeInvisible(order.appeal ?? "")} against order ${order.reverses} was granted`;
    if (order.overturned) yield `    ${paint("yellow", overturnText(order.overturned))}`;
  }
  if (orders?.length === 0) yield "  no orders for this stream";
}

/** What one person does at once to a few streams: shown first, then done, then its outcomes are waited for. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { type Operator, type OperatorRequest, openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { resultText, streamsText, wentWrong } from "../render/batch.ts";
import { type CommandDeps, EXIT, type Exit, type Typed } from "../terminal/command.ts";
import { secondOf } from "../terminal/duration.ts";
import { FailedError } from "../terminal/errors.ts";
import { confirm } from "../terminal/prompt.ts";
import { exitOf, printIssues } from "./refusals.ts";
import { resultRow } from "./results-file.ts";

export type StreamChange = Extract<OperatorRequest, { action: "pause" | "disable" | "enable" }>;

export const ACT_OPTIONS = {
  url: { type: "string" },
  reason: { type: "string" },
  yes: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;

const POLL_MS = 1_000;

/** Longer than that a worker is not up to it: the order stands, and `status` tells of it. */
const WAIT_MS = 120_000;

export async function act(change: StreamChange, { values }: Pick<Typed, "values">, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  const dry = await operator.ask({ ...change, dryRun: true }).catch((cause: unknown) => {
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(`nothing was done, ${cause.message}`, { cause });
  });
  const refused = printIssues(dry, deps, values, change.streams);
  if (refused !== undefined) return refused;
  if (!values.json) for (const line of dryText(change, dry, deps)) out.say(line);
  if (values["dry-run"]) {
    if (values.json) sayJson(dry, deps);
    return exitOf(dry);
  }
  await confirm(() => `${change.action} ${change.streams.length === 1 ? "it" : "these streams"}?`, values, deps);
  const signal = deps.interrupted();
  const sent = await operator.askOnce({ ...change, dryRun: false }, { signal });
  if ("lost" in sent) return tellLost(sent.lost, change, operator, deps);
  const ended = await settle(sent, operator, signal, deps);
  const issue = printIssues(ended, deps, values, change.streams);
  if (issue !== undefined) return issue;
  if (values.json) sayJson(ended, deps);
  else sayText(ended, deps);
  return endOf(ended);
}

function* dryText(
  { action, reason, streams }: StreamChange,
  { answer }: Reply,
  { out }: CommandDeps,
): Generator<string> {
  const until = answer.results[0]?.resumeTime;
  yield out.paint("bold", `${action} ${streamsText(streams.length)}${until ? ` until ${secondOf(until)}` : ""}`);
  for (const { stream } of answer.results) yield `  ${escapeInvisible(formatStream(stream))}`;
  yield `because ${escapeInvisible(reason)}`;
}

const isOpen = ({ answer }: Reply): boolean => answer.results.some(({ outcome }) => outcome === "ordered");

export const endOf = (reply: Reply): Exit => (isOpen(reply) ? EXIT.failed : exitOf(reply));

/** The function itself waits some seconds; then it is asked what became of them. */
export async function settle(
  sent: Reply,
  operator: Operator,
  signal: AbortSignal,
  { out, sleep, now }: CommandDeps,
): Promise<Reply> {
  const { orderId } = sent.answer;
  const until = now().getTime() + WAIT_MS;
  let last = sent;
  while (isOpen(last) && orderId !== undefined && !signal.aborted && now().getTime() < until) {
    out.progress(`order ${orderId} is on its way`);
    await sleep(POLL_MS, signal);
    const looked = await look(orderId, operator, signal);
    if (!looked) break; // what is told then names the order, and how to ask for it
    const { results } = looked.answer;
    if (looked.isTaken) last = { ...last, answer: { ...last.answer, ok: !results.some(wentWrong), results } };
  }
  return last;
}

async function look(orderId: string, operator: Operator, signal: AbortSignal): Promise<Reply | undefined> {
  try {
    return await operator.ask({ action: "status", orderId, reason: "offair watch" }, { signal });
  } catch (error) {
    if (error instanceof FailedError) return undefined;
    throw error;
  }
}

export function printRows({ answer }: Reply, { out }: CommandDeps): void {
  for (const each of answer.results) for (const line of resultText(each, out.paint)) out.say(line);
}

export function sayText(reply: Reply, deps: CommandDeps): void {
  const { results, orderId } = reply.answer;
  const { out } = deps;
  printRows(reply, deps);
  if (orderId === undefined) return;
  if (isOpen(reply)) out.say(`not all of it has ended: offair status ${orderId} tells what becomes of it`);
  const keepsOff = results.some(({ resumeTime }) => resumeTime); // a pause is over already
  out.say(`order ${orderId}${keepsOff ? `; to take it back: offair undo ${orderId} --reason TEXT` : ""}`);
}

export function sayJson(reply: Reply, { out }: CommandDeps): void {
  const { results, ...rest } = reply.answer;
  for (const each of results) out.json(resultRow(each));
  out.json({ type: "summary", ...rest, exit: endOf(reply) });
}

/** Nobody is told to try again before the ledger was looked at: a pause cuts each time. */
async function tellLost(
  why: string,
  { streams }: StreamChange,
  operator: Operator,
  { out }: CommandDeps,
): Promise<Exit> {
  out.warn(`offair: whether it was done is not known: ${escapeInvisible(why)}. The latest orders of these streams:`);
  const { answer } = await operator.ask({ action: "status", streams, reason: "was it done?" });
  for (const each of answer.results) for (const line of resultText(each, out.paint)) out.warn(line);
  return EXIT.failed;
}

/** Changes up to ten streams at once: shows a dry run, asks for confirmation, sends the orders, and waits for their outcomes. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { DOCUMENTED_CHARACTERS, formatStream, hasDocumentedName, streamKey } from "../../lib/core/stream.ts";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../lib/operator/contract/shorter.ts";
import { type Operator, type OperatorRequest, openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { insteadText, notLiveText, resultText, streamsText } from "../render/batch.ts";
import { barText } from "../render/progress.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { untilText } from "../terminal/duration.ts";
import { FailedError, isForPeople } from "../terminal/errors.ts";
import { flags, REPEAT_HELP, texts, type Values } from "../terminal/options.ts";
import { asksFirst, confirm, expectConsent, YES_HELP } from "../terminal/prompt.ts";
import { exitOf, printIssues } from "./refusals.ts";
import { resultRow } from "./results-file.ts";

export type StreamChange = Extract<OperatorRequest, { action: "pause" | "disable" | "enable" }>;

export const CHANGE_OPTIONS = { ...texts("url", "reason", "request-id"), ...flags("yes", "dry-run") };

/** The lines of a command's help for these options. */
export const CHANGE_OPTIONS_HELP = `  --reason TEXT  why; stored in the ledger and in the evidence
  --dry-run      show what would be done, and do nothing
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: one object per stream, then a summary`;

const POLL_MS = 1_000;

/** Then the command ends. The orders stay queued, and `status` shows their outcomes. */
const WAIT_MS = 120_000;

/** @param then - continues after the results were printed. @returns the exit code of `then`, which the summary has too. */
export async function changeStreams(
  asked: StreamChange,
  values: Values,
  deps: CommandDeps,
  then: (exit: Exit) => Promise<Exit> = async (exit) => exit,
): Promise<Exit> {
  const { out } = deps;
  expectConsent(values, deps);
  const change = withUndocumentedNames(asked, values, deps);
  const operator = openOperator(values, deps);
  const dry = await operator.ask({ ...change, dryRun: true }).catch((cause: unknown) => {
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(`nothing was done: ${cause.message}`, { cause });
  });
  const refused = printIssues(dry, deps, values);
  if (refused !== undefined) return refused;
  if (!values.json) for (const line of dryRunText(change, dry, deps)) out.say(line);
  if (values["dry-run"]) {
    const exit = exitOf(dry);
    if (values.json) printRows(dry, values, deps);
    if (values.json) printSummary(dry, exit, values, deps);
    return exit;
  }
  const consent = await consentToShorten(dry, values, deps);
  await confirm(() => `${change.action} ${change.streams.length === 1 ? "it" : "these streams"}?`, values, deps);
  const signal = deps.interrupted();
  const sent = await operator.ask({ ...change, ...consent, dryRun: false }, { signal });
  const settled = await settle(sent, operator, signal, deps);
  const reply = { ...settled, answer: { ...settled.answer, results: withLive(settled, dry) } };
  const issue = printIssues(reply, deps, values);
  if (issue !== undefined) return issue;
  printRows(reply, values, deps);
  const exit = await then(endOf(reply));
  printSummary(reply, exit, values, deps);
  return exit;
}

/** Names that Live does not document are changed after a question that points at them, or if the operator said so. */
function withUndocumentedNames(change: StreamChange, values: Values, deps: CommandDeps): StreamChange {
  if (change.action === "enable" || change.streams.every(hasDocumentedName)) return change;
  const isWanted = values["undocumented-names"] === true || values["dry-run"] === true;
  return { ...change, undocumentedNames: isWanted || asksFirst(values, deps) };
}

function* dryRunText(
  { action, reason, streams }: StreamChange,
  { answer }: Reply,
  { out }: CommandDeps,
): Generator<string> {
  yield out.paint("bold", `${action} ${streamsText(streams.length)}${untilText(answer.results[0]?.resumeTime)}`);
  for (const each of answer.results) {
    const instead = each.resumeTime ? insteadText(each).trimStart() : "";
    const shown = instead === "" ? "" : `${shortens(each) ? out.paint("yellow", instead) : instead}  `;
    yield `  ${shown}${escapeInvisible(formatStream(each.stream))}`;
    if (action !== "enable" && !hasDocumentedName(each.stream)) yield `    ${out.paint("yellow", UNDOCUMENTED_NAME)}`;
    for (const line of notLiveText(each)) yield `    ${out.paint("yellow", line)}`;
  }
  if (action !== "enable" && answer.results.some(isUnread)) yield UNREAD_LIVE;
  if (answer.alreadyOffKnown === false) yield UNREAD_LIST;
  yield `because ${escapeInvisible(reason)}`;
}

const isUnread = ({ isLive, previousResumeTime }: Result): boolean =>
  isLive === undefined && previousResumeTime === undefined;

const UNREAD_LIVE =
  "Live's list of live streams could not be read: check the names, because Live accepts a name that nobody pushes too";

const UNREAD_LIST =
  "the list of disabled streams could not be read: a stream that others disabled until later would be disabled for a shorter time";

const UNDOCUMENTED_NAME = `has characters that Live does not document for a name (it documents ${DOCUMENTED_CHARACTERS}): check that a stream is pushed under exactly this name`;

/**
 * Asks separately, because a disable that ends earlier is rarely meant. Where nothing is asked, the function refuses without `--shorten`.
 *
 * @returns the field of the request.
 */
export async function consentToShorten(
  { answer }: Reply,
  values: Values,
  deps: CommandDeps,
): Promise<{ readonly shorten?: true }> {
  if (values.shorten) return { shorten: true };
  const count = answer.results.filter(shortens).length;
  if (count === 0 || !asksFirst(values, deps)) return {};
  await confirm(() => `shorten the disable of ${streamsText(count)}?`, values, deps);
  return { shorten: true };
}

const isOpen = (results: readonly Result[]): boolean => results.some(({ outcome }) => outcome === "ordered");

export const endOf = (reply: Reply): Exit => (isOpen(reply.answer.results) ? EXIT.failed : exitOf(reply));

/** Polls the outcomes. The function itself waits for some seconds before it answers. */
export async function settle(
  sent: Reply,
  operator: Operator,
  signal: AbortSignal,
  { out, sleep, now }: CommandDeps,
): Promise<Reply> {
  const { orderId } = sent.answer;
  const until = now().getTime() + WAIT_MS;
  let last = sent;
  while (isOpen(last.answer.results) && orderId !== undefined && !signal.aborted && now().getTime() < until) {
    const { waiting } = last.answer.results.find((each) => each.waiting) ?? {};
    const ended = last.answer.results.filter(({ outcome }) => outcome !== "ordered").length;
    const bar = `${barText(ended, last.answer.results.length, 10)} ${ended} of ${last.answer.results.length}`;
    out.progress(`${bar}  ${waiting ? `waits: ${escapeInvisible(waiting.error)}` : `${orderId} is in progress`}`);
    await sleep(POLL_MS, signal);
    const status = await readStatus(orderId, operator, signal);
    if (!status) break; // the output then has the order id and the command that shows it
    const results = status.answer.results.map((each) => withPrevious(each, sent));
    if (status.isTaken) last = { ...last, answer: { ...last.answer, ok: !results.some(hasFailed), results } };
  }
  return last;
}

/** Only the dry run looks whether somebody pushes the streams. */
const withLive = ({ answer }: Reply, dry: Reply): readonly Result[] =>
  answer.results.map((each) => {
    const before = dry.answer.results.find(({ stream }) => streamKey(stream) === streamKey(each.stream));
    return definedOnly({ ...each, isLive: before?.isLive });
  });

/** A status does not have the end that the stream had before the order. */
function withPrevious(result: Result, { answer }: Reply): Result {
  const before = answer.results.find(({ stream }) => streamKey(stream) === streamKey(result.stream));
  return definedOnly({ ...result, previousResumeTime: before?.previousResumeTime });
}

async function readStatus(orderId: string, operator: Operator, signal: AbortSignal): Promise<Reply | undefined> {
  try {
    return await operator.ask({ action: "status", orderId, reason: "offair watch" }, { signal });
  } catch (error) {
    if (isForPeople(error)) return undefined;
    throw error;
  }
}

export function printRows({ answer }: Reply, { json }: Values, { out }: CommandDeps): void {
  for (const each of answer.results) {
    if (json) out.json(resultRow(each));
    else for (const line of resultText(each, out.paint)) out.say(line);
  }
}

/** Prints the order id and the commands that continue from here, or the last JSON object. */
export function printSummary({ answer }: Reply, exit: Exit, { json }: Values, { out }: CommandDeps): void {
  const { results, ...rest } = answer;
  const { orderId } = rest;
  if (json) out.json({ type: "summary", ...rest, exit });
  if (json || orderId === undefined) return;
  if (isOpen(results)) out.say(`not every outcome is known yet: ${commandText("status", [orderId])} shows them`);
  const isLasting = results.some(({ resumeTime }) => resumeTime); // a pause is over already
  const undo = commandText("undo", [orderId], { reason: "TEXT" });
  out.say(`order ${orderId}${isLasting ? `; to reverse it: ${undo}` : ""}`);
}

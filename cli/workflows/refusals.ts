/** What offair said no to, and how a command ends by what it answered. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { issueText } from "../operator/fault-text.ts";
import type { Reply } from "../operator/http.ts";
import type { NamedStream, OperatorResponse, ShownResult } from "../operator/response.ts";
import { SHOWN } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { resultRow } from "./results-file.ts";

export const exitOf = ({ answer, isTaken }: Reply): Exit => {
  if (answer.ok) return EXIT.done;
  return isTaken || brokeDown(answer) ? EXIT.failed : EXIT.refused;
};

/** Not a word about what was asked: something of ours did not work, and another time it may. */
export const brokeDown = ({ errors }: Pick<OperatorResponse, "errors">): boolean =>
  errors.some(({ message }) => /^(ERR_(?!PLAN_ALTERED)\w+:|something unforeseen)/.test(message));

/** Each fault a line. @returns the exit code if nothing was done, or nothing can be shown. */
export function printIssues(
  reply: Reply,
  { out }: Pick<CommandDeps, "out">,
  { json }: Values,
  streams: readonly NamedStream[] = [],
): Exit | undefined {
  const { errors, ok, results } = reply.answer;
  const exit = exitOf(reply);
  const isShown = ok || reply.isTaken;
  const rows = results.length > 0 ? { results: results.map(resultRow) } : {};
  if (json && !isShown) out.json({ type: "refused", errors, ...rows, exit });
  const word = exit === EXIT.refused ? "refused" : "failed";
  for (const each of errors) out.warn(`offair: ${word}: ${escapeInvisible(issueText(each, streams))}`);
  if (!isShown) for (const line of leftOut(results)) out.warn(line);
  if (!isShown && errors.length === 0) out.warn("offair: refused, without a word why");
  return isShown ? undefined : exit;
}

/** Streams that were refused each for a reason of its own. */
function* leftOut(results: readonly ShownResult[]): Generator<string> {
  for (const { stream, error = "refused" } of results.slice(0, SHOWN)) {
    yield `  ${escapeInvisible(error)}: ${escapeInvisible(formatStream(stream))}`;
  }
  const rest = results.length - SHOWN;
  if (rest > 0) yield `  … and ${rest.toLocaleString("en-US")} more`;
}

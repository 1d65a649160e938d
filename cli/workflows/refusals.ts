/** Sends a request, prints why it was refused or failed, and chooses the exit code. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { type Operator, type OperatorRequest, openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { issueText } from "../operator/issue-text.ts";
import { SHOWN } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { isForPeople } from "../terminal/errors.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Values } from "../terminal/options.ts";
import { resultRow } from "./results-file.ts";

/** For a command of one request that may be repeated. @param print - prints the answer, unless it was refused. */
export async function requestOnce(
  request: OperatorRequest,
  values: Values,
  deps: CommandDeps,
  print: (answer: OperatorResponse, exit: Exit) => void,
): Promise<Exit> {
  const reply = await openOperator(values, deps).ask(request);
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  const exit = exitOf(reply);
  print(reply.answer, exit);
  return exit;
}

/** Where a failure does not end the command. @returns undefined if the request was not done; why is printed on standard error. */
export async function askForPeople(
  request: OperatorRequest,
  operator: Operator,
  deps: Pick<CommandDeps, "out">,
): Promise<Reply | undefined> {
  try {
    const reply = await operator.ask(request);
    return printIssues(reply, deps, {}) === undefined ? reply : undefined;
  } catch (error) {
    if (!isForPeople(error)) throw error;
    deps.out.warn(`offair: ${escapeInvisible(error.message)}`);
    return undefined;
  }
}

export const exitOf = ({ answer, isTaken }: Reply): Exit => {
  if (answer.ok) return EXIT.done;
  return isTaken || isInternal(answer) ? EXIT.failed : EXIT.refused;
};

/** The function itself failed: the request was not judged, and may succeed later. */
export const isInternal = ({ errors }: Pick<OperatorResponse, "errors">): boolean =>
  errors.some(({ message }) => /^ERR_(?!PLAN_ALTERED)\w+:/.test(message));

/** Prints one line for each error. @returns the exit code if nothing was done, or if there is nothing to show. */
export function printIssues(reply: Reply, { out }: Pick<CommandDeps, "out">, { json }: Values): Exit | undefined {
  const { errors, ok, results } = reply.answer;
  const exit = exitOf(reply);
  const isShown = ok || reply.isTaken;
  const rows = results.length > 0 ? { results: results.map(resultRow) } : {};
  if (json && !isShown) out.json({ type: "refused", errors, ...rows, exit });
  const word = exit === EXIT.refused ? "refused" : "failed";
  for (const each of errors) out.warn(`offair: ${word}: ${escapeInvisible(issueText(each, reply.request))}`);
  if (!isShown) for (const line of refusedStreams(results)) out.warn(line);
  if (!isShown && errors.length === 0) out.warn("offair: refused, and the response gives no reason");
  return isShown ? undefined : exit;
}

/** Streams that were refused, each for its own reason. */
function* refusedStreams(results: readonly Result[]): Generator<string> {
  for (const { stream, error = "refused" } of results.slice(0, SHOWN)) {
    yield `  ${escapeInvisible(error)}: ${escapeInvisible(formatStream(stream))}`;
  }
  const rest = results.length - SHOWN;
  if (rest > 0) yield `  … and ${numberText(rest)} more`;
}

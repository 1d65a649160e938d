/** Marks actions as wrong: what the operator names, or after an enable what took the streams off the air. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream, type Stream, streamKey } from "../../lib/core/stream.ts";
import { OVERTURN_WORDS, type OverturnWord } from "../../lib/operator/contract/figures-requests.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { type Operator, type OperatorRequest, openOperator } from "../operator/client.ts";
import { overturnedText } from "../render/figures.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";
import { subjectOf } from "../terminal/subject.ts";
import { wholeOrderId } from "./order-id.ts";
import { askForPeople } from "./refusals.ts";

type OverturnRequest = Extract<OperatorRequest, { action: "overturn" }>;
type Subject = Pick<OverturnRequest, "report" | "orderId" | "stream" | "number">;

export const BECAUSE_HELP = `  --because WORD  false-positive: what was reported is not on the stream
                  policy: it is, and the policy should not have acted on it
                  context: it is, and what surrounds it makes it acceptable (art, news, a game)`;

/** @throws UsageError unless the option is one of the words, or absent. */
export function becauseOf(values: Values): OverturnWord | undefined {
  const text = textOf(values, "because");
  const word = OVERTURN_WORDS.find((each) => each === text);
  if (text !== undefined && word === undefined)
    throw new UsageError(`--because ${text} must be one of ${OVERTURN_WORDS.join(", ")}`);
  return word;
}

/** @returns the fields of the request. An order id may be typed by its beginning. @throws UsageError */
export async function wholeSubject(text: string, operator: Operator): Promise<Subject> {
  const subject = subjectOf(text);
  switch (subject?.kind) {
    case "order":
      return { orderId: await wholeOrderId(subject.orderId, operator) };
    case "report":
      return { report: text };
    case "stream-order":
      return { stream: streamOf(subject.stream), number: subject.number };
    default:
      throw new UsageError(
        `${text} must be a report (SOURCE#ID), an order id (op-…), or an order of a stream (DOMAIN/APP/STREAM#NUMBER)`,
      );
  }
}

/**
 * For `enable`: marks the newest order that took each stream off the air. The streams are enabled already, so a failure here is only warned
 * about.
 *
 * @param before - the exit code of the enable.
 */
export async function overturnOf(
  streams: readonly Stream[],
  { because, reason, before }: { readonly because: OverturnWord; readonly reason: string; readonly before: Exit },
  values: Values,
  deps: CommandDeps,
): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  let exit: Exit = before;
  /** @returns undefined if it was not done; the exit code is then that of a failure. */
  async function ask(request: OperatorRequest): Promise<OperatorResponse | undefined> {
    const { answer } = (await askForPeople(request, operator, deps)) ?? {};
    if (!answer) exit = EXIT.failed;
    return answer;
  }
  const status = await ask({ action: "status", reason: "offair enable", streams: [...streams] });
  for (const stream of status ? streams : []) {
    const found = status?.results.find((each) => streamKey(each.stream) === streamKey(stream));
    const number = found?.orders?.find(({ action }) => action !== "enable")?.number;
    if (number === undefined) {
      out.warn(
        `offair: no order took ${escapeInvisible(formatStream(stream))} off the air, so none is marked as wrong`,
      );
      continue;
    }
    const { overturned } = (await ask({ action: "overturn", stream, number, because, reason })) ?? {};
    if (!overturned) continue;
    if (values.json) out.json({ type: "overturned", ...overturned });
    else for (const line of overturnedText(overturned)) out.say(line);
  }
  return exit;
}

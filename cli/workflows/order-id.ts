/** Completes an order id of which only the beginning was typed, before anything is done with it. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { MIN_PREFIX_DIGITS, orderIdSchema, orderPrefixSchema } from "../../lib/orders/order-id.ts";
import type { Operator } from "../operator/client.ts";
import { issueText } from "../operator/issue-text.ts";
import { whatText } from "../render/orders.ts";
import { FailedError, RefusedError, UsageError } from "../terminal/errors.ts";
import { isInternal } from "./refusals.ts";

/** Ids that a refusal names. */
const NAMED = 5;

/**
 * @param typed - an order id, or its beginning.
 * @throws RefusedError if no order or more than one has an id that begins so, UsageError if too little was typed.
 */
export async function wholeOrderId(typed: string, operator: Operator): Promise<string> {
  const id = typed.toLowerCase();
  if (orderIdSchema.safeParse(id).success) return id;
  if (!/^op-/.test(id)) throw new UsageError(`${typed} is not an order id: offair plans lists them`);
  if (!orderPrefixSchema.safeParse(id).success) {
    const how = `the beginning of an order id has at least ${MIN_PREFIX_DIGITS} characters after op-, and only digits, a to f and -`;
    throw new UsageError(`${typed}: ${how}: offair plans lists the ids`);
  }
  const request = { action: "plans", prefix: id, limit: NAMED + 1, reason: "offair: the beginning of an id" } as const;
  const { answer } = await operator.ask(request);
  const [issue] = answer.errors;
  if (issue && isInternal(answer)) throw new FailedError(`nothing was done: ${issueText(issue, request)}`);
  if (issue) throw new RefusedError(`refused: ${issueText(issue, request)}`);
  const [found, ...others] = answer.orders ?? [];
  if (!found)
    throw new RefusedError(`nothing was done: no order has an id that begins with ${id}: offair plans lists them`);
  if (others.length === 0) return found.orderId;
  const named = [found, ...others].slice(0, NAMED).map((row) => `${escapeInvisible(row.orderId)} (${whatText(row)})`);
  const more = others.length >= NAMED ? ", and more" : "";
  throw new RefusedError(
    `nothing was done: ${id} is the beginning of several ids: ${named.join(", ")}${more}: type more of it`,
  );
}

/** Orders as operators see them: the fields of a response, and their values. */
import * as z from "zod";
import { isOfCanary } from "../../core/canary.ts";
import { definedOnly } from "../../core/defined-only.ts";
import type { Action, Order, Outcome } from "../../orders/order.ts";
import { count, flag, type Known, optionalText, text, word } from "./field-schemas.ts";
import { overturn } from "./figures-schema.ts";

/** What an order without an outcome waits for: Live's or offair's code, what happened, and since when it happens. */
export const waitingSchema = z.looseObject({ error: text, message: text, since: text });

export const orderSummarySchema = z.looseObject({
  number: count,
  action: word<Action>(),
  reason: text,
  placedAt: text,
  /** The operator, or the rule and its report. */
  by: text,
  /** Of an operator's order: the id of the request or the plan that placed it. `status` shows it, and `undo` reverses it. */
  orderId: optionalText,
  /** Of an operator's order that granted an appeal: the number of the order that it reverses, and the appeal (`source#id`). */
  reverses: count.exactOptional(),
  appeal: optionalText,
  /** Of a rule's order: the rule, and the report (`source#id`) that it decided. */
  rule: optionalText,
  report: optionalText,
  outcome: word<Outcome>().exactOptional(),
  resumeTime: optionalText,
  error: optionalText,
  /** How the outcome of a pause became known: `callback` or `statistics`. */
  proof: optionalText,
  /** What happened, with HTTP status and Live's own text. */
  message: optionalText,
  waiting: waitingSchema.exactOptional(),
  /** The newest statement that the action was wrong; in the answer to `status` of a stream. */
  overturned: overturn.exactOptional(),
  /** The canary's order: nobody pushes the stream. */
  canary: flag.exactOptional(),
});
export type OrderSummary = Known<z.infer<typeof orderSummarySchema>>;

/** Names an order so that its details can be found: the operator's order id, or the rule and its report. */
export const orderName = ({ authority }: Order): string =>
  authority.kind === "operator" ? authority.orderId : `rule ${authority.rule}, report ${authority.cause}`;

export function summarise(order: Order): OrderSummary {
  const { number, action, reason, placedAt, outcome, resumeTime, error, message, waiting, authority, proof } = order;
  const by = authority.kind === "operator" ? authority.requestedBy : orderName(order);
  const canary = isOfCanary(authority.cause) || undefined;
  const reverses = authority.kind === "operator" ? authority.reverses : undefined;
  const appeal = authority.kind === "operator" && reverses !== undefined ? authority.approves : undefined;
  const ids =
    authority.kind === "operator"
      ? { orderId: authority.orderId, reverses, appeal }
      : { rule: authority.rule, report: authority.cause };
  const known = { ...ids, canary, error, message, waiting, proof: proof?.by };
  return definedOnly({ number, action, reason, placedAt, by, outcome, resumeTime, ...known });
}

/** Orders as operators see them. */
import { definedOnly } from "../../core/defined-only.ts";
import type { Order } from "../../orders/order.ts";
import type { OrderSummary } from "../contract/response-schema.ts";

/** Names an order so that its details can be found: the operator's order id, or the rule and its report. */
export const orderName = ({ authority }: Order): string =>
  authority.kind === "operator" ? authority.orderId : `rule ${authority.rule}, report ${authority.cause}`;

export function summarise(order: Order): OrderSummary {
  const { number, action, reason, placedAt, outcome, resumeTime, error, authority } = order;
  const by = authority.kind === "operator" ? authority.requestedBy : orderName(order);
  return definedOnly({ number, action, reason, placedAt, by, outcome, resumeTime, error });
}

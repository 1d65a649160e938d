/** An order as the command line shows it. */
import { definedOnly } from "../core/defined-only.ts";
import type { Order } from "./order.ts";

export type OrderSummary = Pick<Order, "number" | "action" | "reason" | "placedAt"> &
  Partial<Pick<Order, "outcome" | "resumeTime" | "error">> & { readonly by: string };

/** The order by which a person finds out more: an operator's order id, or the rule and its report. */
export const orderName = ({ authority }: Order): string =>
  authority.kind === "operator" ? authority.orderId : `rule ${authority.rule}, report ${authority.cause}`;

export const summarise = ({
  number,
  action,
  reason,
  placedAt,
  outcome,
  resumeTime,
  error,
  authority,
}: Order): OrderSummary =>
  definedOnly({
    number,
    action,
    reason,
    placedAt,
    by: authority.kind === "operator" ? authority.requestedBy : `rule ${authority.rule}, report ${authority.cause}`,
    outcome,
    resumeTime,
    error,
  });

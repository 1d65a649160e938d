/** An order as the command line shows it. */
import { definedOnly } from "../core/defined-only.ts";
import type { Order } from "./order.ts";

export type OrderSummary = Pick<Order, "number" | "action" | "reason" | "placedAt"> &
  Partial<Pick<Order, "outcome" | "resumeTime" | "error">> & { readonly by: string };

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

/** An order as a person is shown it. */
import type { Order } from "../../orders/order.ts";
import type { OrderSummary } from "../contract/response-schema.ts";

export const summarise = ({
  number,
  action,
  reason,
  placedAt,
  outcome,
  resumeTime,
  error,
  authority,
}: Order): OrderSummary => ({
  number,
  action,
  reason,
  placedAt,
  by: authority.kind === "operator" ? authority.requestedBy : `rule ${authority.rule}, report ${authority.cause}`,
  ...(outcome !== undefined && { outcome }),
  ...(resumeTime !== undefined && { resumeTime }),
  ...(error !== undefined && { error }),
});

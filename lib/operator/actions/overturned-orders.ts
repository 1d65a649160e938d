/** Joins an order with what people said of it, which is stored with the report that it came from, or with the operator's request. */
import type { Ledger } from "../../ledger/ledger.ts";
import { type Order, reportOf } from "../../orders/order.ts";
import { firstOf } from "../../orders/order-history.ts";
import { overturnsOn } from "../../orders/overturn.ts";
import { type OrderSummary, summarise } from "../contract/order-summary.ts";

type Statement = NonNullable<OrderSummary["overturned"]>;

/** @param orders - of the stream, so that the order is found with whose authority a re-publish acted. */
export async function withOverturn(order: Order, orders: readonly Order[], ledger: Ledger): Promise<OrderSummary> {
  const summary = summarise(order);
  const newest = order.action === "enable" ? undefined : await newestOf(firstOf(order, orders), ledger);
  if (!newest) return summary;
  const { because, by, at, reason } = newest;
  return { ...summary, overturned: { because, by, at, reason } };
}

async function newestOf(order: Order, ledger: Ledger): Promise<Statement | undefined> {
  const { authority } = order;
  const key = reportOf(order);
  if (key !== undefined) return (await ledger.readReport(key))?.overturns?.at(-1);
  return authority.kind === "operator"
    ? overturnsOn((await ledger.readPlanState(authority.orderId)).overturns, order.stream).at(-1)
    : undefined;
}

/** Checks that every call to Live and every outcome is in the ledger, with requester and approver. Pure. */
import { streamKey } from "../../../lib/core/stream.ts";
import { OPERATORS } from "../../demo/world.ts";
import type { LedgerRecords, OrderItem, PlanItem } from "../ledger-records.ts";
import { result } from "../scorecard.ts";
import { orderName, writesByStream, writesWithoutAttempt } from "../stream-checks.ts";
import type { Check } from "./facts.ts";

export const recorded: Check = ({ orders, plans, results }, { calls }) => {
  const planOf = (orderId: string | undefined) => plans.find((plan) => plan.orderId === orderId);
  const byStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  const writes = [...writesByStream(calls).values()].flat().length;
  const claim = "every call and outcome is in the ledger, with requester and approver";
  return result("–", claim, `${writes} writes, ${orders.length} orders`, [
    ...writesWithoutAttempt(calls, orders),
    ...orders.flatMap((order) => strayOrder(order, planOf(order.authority.orderId))),
    ...results.flatMap((each) => strayResult(each, planOf(each.orderId), byStream)),
  ]);
};

function strayOrder(order: OrderItem, plan: PlanItem | undefined): string[] {
  const name = orderName(order);
  if (!plan) return [`${name}: has no plan`];
  const { requestedBy, approvedBy } = order.authority;
  return [
    ...(order.outcome === undefined ? [`${name}: has no outcome`] : []),
    ...(requestedBy === OPERATORS.alice.arn ? [] : [`${name}: by ${requestedBy}`]),
    ...(approvedBy === plan.approvedBy ? [] : [`${name}: approved by ${approvedBy}`]),
  ];
}

function strayResult(
  { orderId, index, orderNumber, outcome }: LedgerRecords["results"][number],
  plan: PlanItem | undefined,
  orders: ReadonlyMap<string, OrderItem[]>,
): string[] {
  const name = `result ${index} of ${orderId}`;
  const stream = plan?.streams[index];
  if (!stream) return [`${name}: its stream is in no plan`];
  if (orderNumber === undefined) return []; // no order was placed
  const order = orders.get(streamKey(stream))?.find(({ number }) => number === orderNumber);
  if (order?.authority.orderId !== orderId) return [`${name}: order ${orderNumber} belongs to another plan`];
  const isSame = order.outcome === outcome || outcome === "cancelled";
  return isSame ? [] : [`${name}: ${outcome}, and its order ended as ${order.outcome}`];
}

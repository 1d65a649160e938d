/** Is every call that Live saw, and every end, in the ledger, with who asked and who agreed? Pure. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { OPERATORS } from "../../demo/world.ts";
import { type Finding, finding } from "../finding.ts";
import type { DrillMaterial, OrderItem, PlanItem, ResultItem } from "./inputs.ts";

export function recorded(material: DrillMaterial): Finding {
  const { calls, orders, planItems } = material;
  const byStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  const writes = calls.filter(({ method }) => method !== "GET");
  const writesBy = Map.groupBy(writes, ({ stream: { domain, app, stream } }) =>
    streamKey({ domain: domain ?? "", app: app ?? "", stream: stream ?? "" }),
  );
  const unknown = [...writesBy].flatMap(([key, made]) => {
    const attempts = (byStream.get(key) ?? []).reduce((sum, order) => sum + order.attempts, 0);
    return made.length > attempts ? [`${key}: ${made.length} writes at Live, ${attempts} attempts in the ledger`] : [];
  });
  const known = new Map(planItems.map((plan) => [plan.orderId, plan]));
  return finding(
    "–",
    "every call and every end is in the ledger, with who and who else",
    `${writes.length} writes, ${orders.length} orders`,
    [
      ...unknown,
      ...orders.flatMap((order) => strayOrder(order, known.get(order.orderId ?? ""))),
      ...material.results.flatMap((result) => strayResult(result, known.get(result.orderId), byStream)),
    ],
  );
}

function strayOrder(order: OrderItem, plan: PlanItem | undefined): string[] {
  const name = `${formatStream(order.stream)} order ${order.number} (${order.action})`;
  if (!plan) return [`${name}: no plan stands behind it`];
  return [
    ...(order.outcome === undefined ? [`${name}: has no outcome`] : []),
    ...(order.requestedBy === OPERATORS.alice.arn ? [] : [`${name}: by ${order.requestedBy}`]),
    ...(order.approvedBy === plan.approvedBy ? [] : [`${name}: approved by ${order.approvedBy}`]),
  ];
}

function strayResult(
  result: ResultItem,
  plan: PlanItem | undefined,
  orders: ReadonlyMap<string, OrderItem[]>,
): string[] {
  const name = `result ${result.index} of ${result.orderId}`;
  const stream = plan?.streams[result.index];
  if (!stream) return [`${name}: of no stream of a plan`];
  if (result.orderNumber === undefined) return []; // nothing was ordered of it
  const order = orders.get(streamKey(stream))?.find(({ number }) => number === result.orderNumber);
  if (order?.orderId !== result.orderId) return [`${name}: order ${result.orderNumber} is another's`];
  const isSame = order.outcome === result.outcome || result.outcome === "cancelled";
  return isSame ? [] : [`${name}: ${result.outcome}, and its order ended as ${order.outcome}`];
}

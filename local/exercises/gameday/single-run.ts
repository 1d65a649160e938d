/** Invariant 4: compares orders with the reports and events that were sent, attempts with the writes of Live, decisions with orders. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { SOURCE } from "../../demo/world.ts";
import { result } from "../scorecard.ts";
import { orderName } from "../stream-checks.ts";
import { type Check, commitsOf, committed, type Facts, type OrderFacts } from "./facts.ts";

export const singleRun: Check = (_, facts) => {
  const { orders, reports, streams } = facts;
  const strays = [...streams.values()].flatMap(({ strayCalls }) => committed(strayCalls));
  return result(4, "a report decides once and acts once", `${orders.length} orders, ${reports.size} reports`, [
    ...doubleCauses(facts),
    ...strays.map(({ seq, method, stream }) => `call ${seq}: ${method} ${stream.stream} without an intent`),
    ...orders.flatMap(doneOnce),
    ...[...reports].flatMap(([id, items]) => (items.length > 1 ? [`${id}: decided ${items.length} times`] : [])),
    ...decidedFirst(facts),
  ]);
};

/** An order belongs to one sent report or to one operator's order, each of which places at most one order. */
function doubleCauses({ orders, sent, operatorOrders }: Facts): string[] {
  const known = new Set([
    ...[...sent.keys()].map((id) => `${SOURCE}#${id}`),
    ...operatorOrders.map(({ orderId, index }) => `operator#${orderId}#${index}`),
  ]);
  const seen = new Set<string>();
  return orders.flatMap((order) => {
    const { cause } = order.authority;
    if (!known.has(cause)) return [`${orderName(order)}: unknown cause ${cause}`];
    const place = `${streamKey(order.stream)} ${cause}`;
    if (seen.has(place)) return [`${formatStream(order.stream)}: ${cause} placed more than one order`];
    seen.add(place);
    return [];
  });
}

/** A second call requires an earlier attempt of unknown result; an outcome requires a call. */
function doneOnce(order: OrderFacts): string[] {
  const name = orderName(order);
  const { outcome, action, endedAt = "" } = order;
  const all = commitsOf(order);
  const isDone = outcome === "accepted" || outcome === "unverified";
  const early = all.find(({ time }) => endedAt !== "" && endedAt < time);
  return [
    ...order.attempts.flatMap(({ result: known, calls, at }, index) => {
      const done = committed(calls).length;
      const isLast = index === order.attempts.length - 1;
      return [
        ...(done > 1 ? [`${name}: Live carried the attempt of ${at} out ${done} times`] : []),
        ...(known === "not-done" && done > 0 ? [`${name}: Live carried out an attempt recorded as not done`] : []),
        ...(known === "sent" && !isLast ? [`${name}: tried again after it was sent`] : []),
      ];
    }),
    ...(isDone && all.length === 0 && action !== "enable" ? [`${name}: ${outcome}, but Live did nothing`] : []),
    ...(early ? [`${name}: its outcome was written at ${endedAt}, before call ${early.seq} of ${early.time}`] : []),
  ];
}

/** A decision is written before its order, is carried out as written, and does not change. */
function decidedFirst({ reports, streams }: Facts): string[] {
  return [...reports.values()].flat().flatMap(({ report, decision, decidedAt, orderNumber }) => {
    if (orderNumber === undefined) return [];
    const order = streams.get(streamKey(report.stream))?.orders.find(({ number }) => number === orderNumber);
    if (!order) return [`${report.id}: its order ${orderNumber} is not in the ledger`];
    const name = `${report.id}: ${orderName(order)}`;
    const isSame = decision.action === order.action && decision.resumeTime === order.resumeTime;
    return [
      ...(decidedAt > order.placedAt ? [`${name} was placed at ${order.placedAt}, decided on at ${decidedAt}`] : []),
      ...(isSame ? [] : [`${name} is not what was decided, ${decision.action} ${decision.resumeTime ?? ""}`]),
    ];
  });
}

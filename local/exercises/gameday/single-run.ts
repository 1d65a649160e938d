/** Invariant 4: orders compared with what was sent, attempts with what Live carried out, decisions with orders. */
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

/** An order stands for one report that was sent, or for one operator's order; each of these places one order at most. */
function doubleCauses({ orders, sent, operatorOrders }: Facts): string[] {
  const known = new Set([
    ...[...sent.keys()].map((id) => `${SOURCE}#${id}`),
    ...operatorOrders.map(({ orderId, index }) => `operator#${orderId}#${index}`),
  ]);
  const seen = new Set<string>();
  return orders.flatMap((order) => {
    const { cause } = order.authority;
    if (!known.has(cause)) return [`${orderName(order)}: nobody sent its cause, ${cause}`];
    const place = `${streamKey(order.stream)} ${cause}`;
    if (seen.has(place)) return [`${formatStream(order.stream)}: ${cause} placed more than one order`];
    seen.add(place);
    return [];
  });
}

/** A second call needs an earlier attempt of unknown result; and an outcome needs a call that stands behind it. */
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

/** The decision is written before its order, is the one that is carried out, and stays. */
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

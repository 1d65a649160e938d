/** Invariant 4: compares orders with the reports and events that were sent, attempts with the writes of Live, decisions with orders. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { PUSH_SOURCE, SOURCE } from "../../demo/world.ts";
import type { Callback } from "../evidence.ts";
import { result } from "../scorecard.ts";
import { orderName } from "../stream-checks.ts";
import { type Check, commitsOf, committed, type Facts, type OrderFacts } from "./facts.ts";

/** The source of orders that follow from Live's statistics. */
const STATISTICS = "live:statistics";

export const singleRun: Check = ({ callbacks }, facts) => {
  const { orders, reports, streams } = facts;
  const strays = [...streams.values()].flatMap(({ strayCalls }) => committed(strayCalls));
  return result(4, "a report decides once and acts once", `${orders.length} orders, ${reports.size} reports`, [
    ...doubleCauses(facts),
    ...republishesOf(facts, callbacks),
    ...strays.map(({ seq, method, stream }) => `call ${seq}: ${method} ${stream.stream} without an intent`),
    ...orders.flatMap(doneOnce),
    ...[...reports].flatMap(([id, items]) => (items.length > 1 ? [`${id}: decided ${items.length} times`] : [])),
    ...decidedFirst(facts),
  ]);
};

/** An order belongs to one sent report, one operator's order, one callback or one reading of the statistics: each places at most one order. */
function doubleCauses({ orders, sent, operatorOrders }: Facts): string[] {
  const known = new Set([
    ...[...sent.keys()].map((id) => `${SOURCE}#${id}`),
    ...operatorOrders.map(({ orderId, index }) => `operator#${orderId}#${index}`),
  ]);
  const seen = new Set<string>();
  return orders.flatMap((order) => {
    const { cause, republish } = order.authority;
    const isRepublish = republish && cause.startsWith(republish.wentOn ? `${STATISTICS}#` : `${PUSH_SOURCE}#`);
    if (!known.has(cause) && !isRepublish) return [`${orderName(order)}: unknown cause ${cause}`];
    const place = `${streamKey(order.stream)} ${cause}`;
    if (seen.has(place)) return [`${formatStream(order.stream)}: ${cause} placed more than one order`];
    seen.add(place);
    return [];
  });
}

/** Not more orders than messages of Live about different pushes. One without an answer may have been accepted. */
function republishesOf({ streams }: Facts, callbacks: readonly Callback[]): string[] {
  const sent = Map.groupBy(
    callbacks.filter(({ event, status }) => event === "PUBLISH" && (status === null || status === 200)),
    streamKey,
  );
  return [...streams].flatMap(([key, { stream, orders }]) => {
    const pushes = new Set(sent.get(key)?.map(({ publish_timestamp }) => publish_timestamp)).size;
    const again = orders.filter(({ authority }) => authority.cause.startsWith(`${PUSH_SOURCE}#`)).length;
    return again > pushes ? [`${formatStream(stream)}: ${again} orders for ${pushes} reported pushes`] : [];
  });
}

/** A second call requires an earlier attempt of unknown result; an outcome requires a call. */
function doneOnce(order: OrderFacts): string[] {
  const name = orderName(order);
  const { outcome, action, endedAt = "" } = order;
  const all = commitsOf(order);
  // A pause without an answer may be unverified by the statistics: Live did nothing, and the push went on.
  const isDone = outcome === "accepted" || (outcome === "unverified" && action !== "pause");
  // Live accepted it and did not carry it out.
  const isIgnored = order.attempts.some(({ calls }) => calls.some(({ fault = "" }) => fault.startsWith("ignored:")));
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
    ...(isDone && all.length === 0 && !isIgnored && action !== "enable"
      ? [`${name}: ${outcome}, but Live did nothing`]
      : []),
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

/** Invariant 4: orders held against what was sent, attempts against what Live carried out, decisions against orders. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { finding } from "../finding.ts";
import { committed, type Facts, type OrderFacts, type StreamFacts } from "./facts.ts";
import { type Check, nameOf } from "./finding.ts";

export const once: Check = (_material, facts) => {
  const all = [...facts.streams.values()];
  const count = all.reduce((sum, { orders }) => sum + orders.length, 0);
  return finding(4, "a report decides once and acts once", `${count} orders, ${facts.reports.size} reports`, [
    ...all.flatMap((stream) => [
      ...doubleCauses(stream, facts),
      ...straysOf(stream),
      ...stream.orders.flatMap(doneOnce),
    ]),
    ...[...facts.reports].flatMap(([id, items]) => (items.length > 1 ? [`${id}: decided ${items.length} times`] : [])),
    ...decidedFirst(facts),
  ]);
};

/** An order stands for one report that somebody sent, or for one operator's order; each places one at most. */
function doubleCauses({ orders, stream }: StreamFacts, { sent, operatorItems }: Facts): string[] {
  const known = new Set([
    ...[...sent.keys()].map((id) => `standard#${id}`),
    ...operatorItems.map(({ orderId, index }) => `operator#${orderId}#${index}`),
  ]);
  const seen = new Set<string>();
  return orders.flatMap((order) => {
    const { cause } = order.authority;
    const fault = !known.has(cause)
      ? [`${nameOf(order)}: nobody sent what it stands for, ${cause}`]
      : seen.has(cause)
        ? [`${formatStream(stream)}: ${cause} placed more than one order`]
        : [];
    seen.add(cause);
    return fault;
  });
}

const straysOf = ({ strayCalls }: StreamFacts): string[] =>
  committed(strayCalls).map(({ seq, method, stream }) => `call ${seq}: ${method} ${stream.stream} without an intent`);

/** A second call needs an attempt before it of which nobody knows how it ended; and what is said to be done was done. */
function doneOnce(order: OrderFacts): string[] {
  const name = nameOf(order);
  const faults: string[] = [];
  order.attempts.forEach(({ result, calls, at }, index) => {
    const done = committed(calls).length;
    const later = order.attempts.length - index - 1;
    if (done > 1) faults.push(`${name}: Live carried the attempt of ${at} out ${done} times`);
    if (result === "not-done" && done > 0) faults.push(`${name}: Live carried out an attempt recorded as not done`);
    if (result === "sent" && later > 0) faults.push(`${name}: tried again after it was sent`);
  });
  const all = order.attempts.flatMap(({ calls }) => committed(calls));
  const isDone = order.outcome === "accepted" || order.outcome === "unverified";
  if (isDone && all.length === 0 && order.action !== "enable")
    faults.push(`${name}: ${order.outcome}, but Live did nothing`);
  const { endedAt = "" } = order;
  const early = all.find(({ time }) => endedAt !== "" && endedAt < time);
  if (early) faults.push(`${name}: its outcome was written at ${endedAt}, before call ${early.seq} of ${early.time}`);
  return faults;
}

/** The decision is written before its order, is the one that is carried out, and stays. */
function decidedFirst({ reports, streams }: Facts): string[] {
  return [...reports.values()].flat().flatMap(({ report, decision, decidedAt, orderNumber }) => {
    if (orderNumber === undefined) return [];
    const order = streams.get(streamKey(report.stream))?.orders.find(({ number }) => number === orderNumber);
    if (!order) return [`${report.id}: its order ${orderNumber} is not in the ledger`];
    const name = `${report.id}: ${nameOf(order)}`;
    return [
      ...(decidedAt > order.placedAt ? [`${name} was placed at ${order.placedAt}, decided on at ${decidedAt}`] : []),
      ...(decision.action !== order.action || decision.resumeTime !== order.resumeTime
        ? [`${name} is not what was decided, ${decision.action} ${decision.resumeTime ?? ""}`]
        : []),
    ];
  });
}

/**
 * Compares orders with the pushes of the encoders: every re-publish is answered, a re-publish is another push than the one that was cut, and
 * the outcome of a pause is true.
 */

import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { PUSH_SOURCE } from "../../demo/world.ts";
import { isDeadLetter } from "../collect.ts";
import type { Callback, PushEvent } from "../evidence.ts";
import { result } from "../scorecard.ts";
import { orderName } from "../stream-checks.ts";
import { type Check, commitsOf, type Facts, type OrderFacts } from "./facts.ts";

/** Outcomes of an order that took its stream off the air, or may have. */
const TOOK_OFF: readonly (string | undefined)[] = ["accepted", "verified", "unverified", "unknown"];

const isBegin = ({ kind }: PushEvent): boolean => kind === "started" || kind === "reconnected";

/** When Live received the call of an order; if it carried none out, when the first call began. */
const calledAt = (order: OrderFacts): string =>
  commitsOf(order)[0]?.time ?? order.attempts.find(({ result: known }) => known !== "not-done")?.at ?? order.placedAt;

const byStream = (events: readonly PushEvent[]): Map<string, PushEvent[]> => Map.groupBy(events, streamKey);

/** The order that first took the stream off the air, for an order that acts again. */
const orderBefore = ({ streams }: Facts, { stream, authority }: OrderFacts): OrderFacts | undefined =>
  streams.get(streamKey(stream))?.orders.find(({ number }) => number === authority.republish?.after);

export const republishIsAnotherPush: Check = ({ pushes }, facts) => {
  const eventsOf = byStream(pushes);
  const again = facts.orders.filter(({ authority }) => authority.republish && !authority.republish.wentOn);
  const failures = again.flatMap((order) => {
    const before = orderBefore(facts, order);
    if (!before) return [`${orderName(order)}: there is no order ${order.authority.republish?.after} that it repeats`];
    const from = calledAt(before);
    const events = eventsOf.get(streamKey(order.stream)) ?? [];
    const begun = events.filter((event) => isBegin(event) && event.time > from && event.time < order.placedAt).length;
    const { times = 0 } = order.authority.republish ?? {};
    // A push that may be the one that was cut does not count, and is no reason for a disable.
    const needed = Math.max(times, order.action === "disable" ? 1 : 0);
    const what = `${begun} pushes began after the cut of ${from}`;
    return begun >= needed ? [] : [`${orderName(order)}: it counts ${needed} re-publishes, but ${what}`];
  });
  const disables = again.filter(({ action }) => action === "disable").length;
  return result(4, "a re-publish is another push", `${again.length} orders, ${disables} of them disables`, failures);
};

/** The push that ran when the pause was called: its end, null while it goes on; undefined if there was none. */
function endOfPush(events: readonly PushEvent[], calledAtTime: string): string | null | undefined {
  const last = events.filter(({ kind, time }) => kind !== "refused" && time < calledAtTime).at(-1);
  if (!last || !isBegin(last)) return undefined;
  return events.find(({ kind, time }) => (kind === "cut" || kind === "stopped") && time >= last.time)?.time ?? null;
}

export const pausesAreProven: Check = ({ pushes, run }, { orders }) => {
  const eventsOf = byStream(pushes);
  const pauses = orders.filter(({ action }) => action === "pause");
  const failures = pauses.flatMap((pause) => {
    const { outcome, proof, authority } = pause;
    const calls = commitsOf(pause);
    const end = endOfPush(eventsOf.get(streamKey(pause.stream)) ?? [], calls[0]?.time ?? calledAt(pause));
    const isOverWhenRead = end !== null && (end ?? "") < (proof?.at ?? run.endedAt);
    const name = `${orderName(pause)} of ${authority.cause}`;
    return [
      ...(outcome === "verified" && end === null ? [`${name}: verified, but its push goes on`] : []),
      ...(outcome === "verified" && !proof ? [`${name}: verified without a proof`] : []),
      ...(outcome === "unverified" && isOverWhenRead ? [`${name}: unverified, but its push ended at ${end}`] : []),
    ];
  });
  const wentOn = orders.filter(({ authority }) => authority.republish?.wentOn);
  const cut = wentOn.flatMap((order) => {
    const pause = streamPause(orders, order);
    const end = pause && endOfPush(eventsOf.get(streamKey(order.stream)) ?? [], calledAt(pause));
    const isCut = typeof end === "string" && end < order.placedAt;
    return isCut || !pause ? [`${orderName(order)}: it says that the push went on, but it ended at ${end}`] : [];
  });
  return result(4, "the outcome of a pause is true", `${pauses.length} pauses, ${wentOn.length} went on`, [
    ...failures,
    ...cut,
  ]);
};

/** The pause that did not end its push: the newest order with an effect before the one that answers it. */
function streamPause(orders: readonly OrderFacts[], { stream, number }: OrderFacts): OrderFacts | undefined {
  const isBefore = (each: OrderFacts) => each.number < number && streamKey(each.stream) === streamKey(stream);
  const before = orders.findLast((each) => isBefore(each) && TOOK_OFF.includes(each.outcome));
  return before?.action === "pause" ? before : undefined;
}

/** Live's clock is read in whole seconds, and a push that began this close to a cut may be the one that was cut. */
const CLEAR_MS = 4 * SECOND_MS;

const isTaken = ({ event, status }: Callback): boolean => event === "PUBLISH" && status === 200;

/**
 * A callback that was answered with success needs an answer only if the stream was to be off the air: an order, a review or a dead letter.
 * An operator's enable ends that.
 */
export const republishIsAnswered: Check = ({ callbacks, messages }, { streams, reports }) => {
  const taken = callbacks.filter(isTaken);
  const dead = messages.filter(isDeadLetter).map(({ body }) => body);
  const ofPushes = [...reports.values()].flat().filter(({ report }) => report.source === PUSH_SOURCE);
  const reviewed = new Set(ofPushes.map(({ report }) => streamKey(report.stream)));
  let against = 0;
  const failures = taken.flatMap((callback) => {
    const key = streamKey(callback);
    const beganMs = Number(callback.publish_timestamp) * SECOND_MS;
    const orders = streams.get(key)?.orders ?? [];
    if (orders.some(({ action }) => action === "enable")) return [];
    const off = orders.find(
      (order) => TOOK_OFF.includes(order.outcome) && Date.parse(calledAt(order)) < beganMs - CLEAR_MS,
    );
    if (!off) return [];
    against += 1;
    const isAnswered =
      orders.some(({ placedAt }) => Date.parse(placedAt) > beganMs) ||
      reviewed.has(key) ||
      dead.some((body) => body.includes(JSON.stringify(callback.stream)) && body.includes('"publish'));
    const when = new Date(beganMs).toISOString();
    return isAnswered
      ? []
      : [`${formatStream(callback)}: pushed again at ${when}, after ${orderName(off)}, and nothing followed`];
  });
  return result(3, "every re-publish is answered", `${taken.length} callbacks, ${against} of re-publishes`, failures);
};

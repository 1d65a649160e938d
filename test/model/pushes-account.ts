/** What may be true of re-publishes and of the outcomes of pauses, by the pushes that there were. */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { Order } from "../../lib/orders/order.ts";
import type { Publish } from "../../lib/queue/message.ts";
import type { Call, ModelLive } from "../support/model-live.ts";
import type { ModelCallback, ModelPush } from "../support/model-pushes.ts";

export interface Delivered {
  readonly callback: ModelCallback;
  readonly publish: Publish;
}

interface Given {
  readonly stream: Stream;
  /** Oldest first. */
  readonly orders: readonly Order[];
  readonly live: ModelLive;
  readonly delivered: readonly Delivered[];
  readonly callsOf: (order: Order) => readonly { readonly call: Call }[];
  /** Whether the ledger has a decision on it, or a review of what the order's stream did. */
  readonly isRecorded: (publish: Publish, off: Order) => boolean;
  readonly must: (holds: boolean, what: string) => void;
}

export function checkPushes(given: Given): void {
  for (const order of given.orders) {
    const { authority, action } = order;
    if (authority.republish && !authority.republish.wentOn) checkRepublish(order, given);
    if (authority.republish?.wentOn) checkWentOn(order, given);
    if (action === "pause") checkPause(order, given);
  }
  for (const each of given.delivered) checkAnswered(each, given);
}

const TOOK_OFF: readonly (string | undefined)[] = ["accepted", "verified", "unverified", "unknown"];

/** A callback about a push that certainly began after a rule took the stream off the air is followed by an order or a review. */
function checkAnswered({ callback: { kind, push }, publish }: Delivered, given: Given): void {
  const { orders, live, stream, callsOf, isRecorded, must } = given;
  if (kind !== "publish" || streamKey(push.stream) !== streamKey(stream) || !live.isRightClock) return;
  if (orders.some(({ authority }) => authority.kind === "operator")) return; // it may have been allowed in between
  const off = orders.find((order) => {
    const { serial = Number.POSITIVE_INFINITY, sentMs = 0 } = lastCallOf(callsOf(order));
    const isWatched = Date.parse(publish.receivedAt) - sentMs < 25 * MINUTE_MS;
    return (
      TOOK_OFF.includes(order.outcome) && serial < push.serial && push.beganMs - sentMs > 10 * SECOND_MS && isWatched
    );
  });
  if (!off) return;
  // An order that was placed before the push began may be carried out after it, and cut it.
  const isFollowed = orders.some(
    (order) =>
      order.number > off.number &&
      (Date.parse(order.placedAt) >= push.beganMs || (lastCallOf(callsOf(order)).serial ?? 0) > push.serial),
  );
  must(
    isFollowed || isRecorded(publish, off),
    `${nameOf(off)} was followed by a push of ${push.startedAt} and nothing more`,
  );
}

function lastCallOf(calls: ReturnType<Given["callsOf"]>): { serial?: number; sentMs?: number } {
  const last = calls.at(-1)?.call;
  return last?.effect === undefined ? {} : { serial: last.effect, sentMs: last.sentAt.getTime() };
}

const nameOf = ({ stream, number, action }: Order): string => `${stream.stream} ${number} (${action})`;

/**
 * A disable needs a push that began after the cut of the order that first took the stream off the air. As many pushes as it counts began after
 * that cut, or within two seconds before it: a late end of a still earlier push makes such a push look like another one.
 */
function checkRepublish(order: Order, given: Given): void {
  const { after, times } = order.authority.republish ?? { after: 0, times: 0 };
  const before = given.orders.find(({ number }) => number === after);
  if (!before) return void given.must(false, `${nameOf(order)} repeats an order ${after} that there is not`);
  const cut = given.callsOf(before).find(({ call }) => call.effect !== undefined)?.call;
  const cutMs = cut?.sentAt.getTime() ?? Date.parse(before.attempts[0]?.at ?? before.placedAt);
  const begun = given.live.pushes.of(given.stream).filter(({ beganMs }) => beganMs <= Date.parse(order.placedAt));
  const later = begun.filter(({ serial, beganMs }) => (cut?.effect ? serial > cut.effect : beganMs >= cutMs));
  const isNeeded = order.action === "disable";
  given.must(!isNeeded || later.length > 0, `${nameOf(order)} disables, and no push began after the cut`);
  const counted = begun.filter(({ beganMs }) => beganMs >= cutMs - 2 * SECOND_MS).length;
  given.must(counted >= times, `${nameOf(order)} counts ${times} re-publishes; ${counted} pushes began`);
}

/** When the last call was sent; if the worker died before its only call, when it was about to. */
const sentMsOf = (pause: Order, given: Given): number =>
  given.callsOf(pause).at(-1)?.call.sentAt.getTime() ?? Date.parse(pause.sendingSince ?? "");

/** The push that ran when the last call of the pause had its effect, or when it was sent in vain. */
function pushAt(pause: Order, given: Given): ModelPush | undefined {
  const { effect } = given.callsOf(pause).at(-1)?.call ?? {};
  const sentMs = sentMsOf(pause, given);
  return given.live.pushes
    .of(given.stream)
    .findLast(({ serial, beganMs, ended }) =>
      effect === undefined
        ? beganMs <= sentMs && (ended === undefined || ended.atMs >= sentMs)
        : serial < effect && (ended === undefined || ended.serial > effect),
    );
}

/**
 * A push that ended around the last call, or around an earlier one that had an effect, and another that began: the statistics show no more,
 * because they have whole seconds.
 */
function isInterrupted(pause: Order, given: Given): boolean {
  const effective = given.callsOf(pause).filter(({ call }) => call.effect !== undefined);
  const sentAtMs = [sentMsOf(pause, given), ...effective.map(({ call }) => call.sentAt.getTime())];
  return given.live.pushes
    .of(given.stream)
    .some(({ ended }) =>
      sentAtMs.some((ms) => ended && ended.atMs >= ms - 2 * SECOND_MS && ended.atMs <= ms + 15 * SECOND_MS),
    );
}

function checkWentOn(order: Order, given: Given): void {
  const pause = given.orders.findLast(({ number, outcome }) => number < order.number && TOOK_OFF.includes(outcome));
  if (pause?.action !== "pause") return void given.must(false, `${nameOf(order)} follows no pause`);
  given.must(pause.outcome === "unverified", `${nameOf(order)} follows a pause that is ${pause.outcome}`);
}

/** `verified`: its push is over, or a callback said that one of these pushes is. `unverified`: its push went on. */
function checkPause(pause: Order, given: Given): void {
  const { outcome, proof } = pause;
  const push = pushAt(pause, given);
  if (outcome === "verified") {
    given.must(proof !== undefined, `${nameOf(pause)} is verified by nothing`);
    const isTold = given.delivered.some(({ callback: { kind, push: told }, publish }) => {
      const isSame = streamKey(told.stream) === streamKey(given.stream);
      return isSame && kind === "publish-done" && publish.receivedAt === proof?.at;
    });
    if (proof?.by === "callback") given.must(isTold, `${nameOf(pause)} is verified by a callback that there was not`);
    if (push && !push.ended)
      given.must(isTold || isInterrupted(pause, given), `${nameOf(pause)} is verified, and its push goes on`);
  }
  // Without an answer of Live, the cut is known by offair's clock only, and the statistics are by Live's.
  const isKnown = pause.attempts.at(-1)?.doneBetween !== undefined || given.live.isRightClock;
  if (outcome === "unverified" && isKnown) {
    const sentMs = sentMsOf(pause, given);
    // An end within ten seconds of the cut is an interruption.
    const goesOn = push !== undefined && (push.ended === undefined || push.ended.atMs > sentMs + 10 * SECOND_MS);
    given.must(goesOn, `${nameOf(pause)}, sent at ${sentMs}, is unverified; its push ended at ${push?.ended?.atMs}`);
  }
}

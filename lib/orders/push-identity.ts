/**
 * Decides by Live's callbacks which push an order cut, whether that push is over, and whether another push is a new one. Pure.
 *
 * Start and stop callbacks of one push carry the same `publish_timestamp`, and may arrive in any order, late or twice
 * (https://support.huaweicloud.com/iLive-live/live_01_0043.html). The signature does not cover `publish_timestamp`; SECURITY.md says what a
 * forged one can do.
 */
import { CLOCK_MARGIN_MS, SECOND_MS } from "../core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../core/timeouts.ts";
import type { Attempt, CutPush, Order, PauseProof } from "./order.ts";

/** Live's clock is read from `Date` headers, which have whole seconds. A push that began this close to a cut may be the push that was cut. */
const UNCLEAR_MS = 2 * SECOND_MS;

/** The calls of an order. */
export type Called = Pick<Order, "attempts" | "sendingSince" | "placedAt" | "endedAt">;
type CutBy = Called & Pick<Order, "authority" | "push">;

/** The last call that may have cut the push. A worker that died leaves its call without a result, also if the order was ended later. */
export const lastCall = ({ attempts, sendingSince }: Called): Attempt | undefined =>
  sendingSince === undefined
    ? attempts.findLast(({ result }) => result !== "not-done")
    : { at: sendingSince, result: "unknown" };

/** When the call began that took the stream off the air, by offair's clock. */
export const calledAt = (order: Called): string => lastCall(order)?.at ?? order.placedAt;

/** The times between which the push was cut: by Live's clock, if its response had a time; otherwise by offair's clock. */
export function cutBetween(order: Called): { readonly fromMs: number; readonly toMs: number } {
  const call = lastCall(order);
  if (call?.doneBetween) return { fromMs: Date.parse(call.doneBetween[0]), toMs: Date.parse(call.doneBetween[1]) };
  const fromMs = Date.parse(calledAt(order));
  const longestMs = fromMs + MAX_LIVE_TIMEOUT_MS;
  const endedMs = call?.result === "sent" && order.endedAt !== undefined ? Date.parse(order.endedAt) : longestMs;
  return { fromMs, toMs: Math.min(endedMs, longestMs) };
}

/** The newest push that is known to have begun before the cut. An order that answers a re-publish cut that push. */
const knownPush = ({ push, authority }: CutBy): string | undefined => push?.startedAt ?? authority.republish?.startedAt;

/**
 * Whether a push began before the cut, or after it and is therefore a re-publish.
 *
 * @param startedAt - by Live's clock, in whole seconds; undefined if the callback does not say it.
 * @returns `unclear` if the push may be the one that was cut.
 */
export function beganWhen(startedAt: string | undefined, order: CutBy): "before" | "unclear" | "after" {
  if (startedAt === undefined) return "unclear";
  const startedMs = Date.parse(startedAt);
  const { fromMs, toMs } = cutBetween(order);
  if (startedMs < fromMs - UNCLEAR_MS) return "before";
  const known = knownPush(order);
  if (known === undefined) return startedMs > toMs + UNCLEAR_MS ? "after" : "unclear";
  if (startedMs <= Date.parse(known)) return "before";
  // A push that began shortly before the cut may have followed the one that is known.
  return startedMs < fromMs ? "unclear" : "after";
}

/**
 * The start that a callback reports; undefined if it reports none, or one that cannot be compared with the cut. That is a start in the
 * callback's future by Live's clock as it was at the cut. It is also a start between the cut and the callback by offair's clock, if Live's
 * clock was far ahead at the cut: by that clock it came before the cut, but the clock may have been corrected since.
 */
export function plausibleStart(
  { startedAt, receivedAt }: { readonly startedAt?: string | undefined; readonly receivedAt: string },
  order: Called,
): string | undefined {
  const [startedMs, receivedMs, calledMs] = [startedAt ?? "", receivedAt, calledAt(order)].map(Date.parse) as [
    number,
    number,
    number,
  ];
  const liveAheadMs = cutBetween(order).toMs - calledMs;
  const isInFuture = startedMs > receivedMs + liveAheadMs + CLOCK_MARGIN_MS;
  const isOfOtherClock = liveAheadMs > CLOCK_MARGIN_MS && startedMs >= calledMs - UNCLEAR_MS && startedMs <= receivedMs;
  return isInFuture || isOfOtherClock ? undefined : startedAt;
}

/** A callback about a push. */
export interface PushSeen {
  readonly event: "began" | "ended";
  readonly startedAt: string;
  readonly receivedAt: string;
}

/** What changes of a pause when more becomes known. An undefined `proof` removes the earlier one. */
export interface PauseUpdate {
  readonly outcome: "accepted" | "verified" | "unverified" | "unknown";
  readonly push?: CutPush | undefined;
  readonly proof?: PauseProof | undefined;
}

/** Whether a pause has an outcome that a callback can still explain. What the statistics show stands, because that response was to a signed call. */
const isOpen = ({ action, outcome, proof }: Order): boolean =>
  action === "pause" &&
  proof?.by !== "statistics" &&
  (outcome === "accepted" || outcome === "unknown" || outcome === "verified");

/**
 * What a callback tells about a pause: the end of the push that was running proves that the push is over, though not that the pause ended it,
 * because a callback has no time of the end. A later start before the cut shows that another push was running.
 *
 * @returns undefined if it tells nothing new.
 */
export function learnFrom(seen: PushSeen, order: Order): PauseUpdate | undefined {
  if (!isOpen(order) || seen.receivedAt <= calledAt(order)) return undefined;
  const { startedAt } = seen;
  const { fromMs, toMs } = cutBetween(order);
  const known = knownPush(order);
  if (seen.event === "ended") {
    if (Date.parse(startedAt) > toMs || (known !== undefined && startedAt < known)) return undefined;
    if (order.outcome === "verified" && startedAt === known) return undefined;
    return {
      outcome: "verified",
      push: { startedAt, isOver: true },
      proof: { by: "callback", at: seen.receivedAt },
    };
  }
  if (Date.parse(startedAt) >= fromMs - UNCLEAR_MS) return undefined; // may be a new push
  if (known !== undefined && startedAt <= known) return undefined;
  const before = order.attempts.some(({ result }) => result === "sent") ? "accepted" : "unknown";
  return { outcome: before, push: { startedAt } };
}

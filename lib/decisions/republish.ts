/**
 * Decides whether a push that begins is a re-publish of a stream that is to be off the air, and what to do about it. Pure. A pause counts
 * for the policy's window, because most encoders reconnect by themselves within seconds. A disable counts until its resume time, because
 * somebody may have enabled the stream at Live.
 */
import { MINUTE_MS, resumeTimeAfter } from "../core/time.ts";
import type { Order, Republish } from "../orders/order.ts";
import { latestEffectiveOrder, overridesRules, sinceEnabled, tookOff } from "../orders/order-history.ts";
import { isWeak } from "../policy/grade.ts";
import { type Policy, sourceOf } from "../policy/policy.ts";
import type { Decision } from "./decision.ts";

export interface CameBack {
  /** The order that took the stream off the air; the new order has its authority. */
  readonly order: Order;
  readonly republish: Republish;
}

/** When the call began that took the stream off the air: it cut every push that was reported before. */
const begunAt = ({ attempts, placedAt }: Order): string =>
  attempts.findLast(({ result }) => result !== "not-done")?.at ?? placedAt;

/** The newest disable, if it is in force. Earlier ones do not count, because an operator may have shortened them. */
const disableStillInForce = (off: readonly Order[], now: Date): Order | undefined => {
  const disable = off.find(({ action }) => action === "disable");
  return disable && Date.parse(disable.resumeTime ?? "") > now.getTime() ? disable : undefined;
};

const isWatched = (order: Order, receivedAt: string, { windowMinutes }: Policy["republish"]): boolean =>
  order.action === "pause" && Date.parse(receivedAt) - Date.parse(begunAt(order)) <= windowMinutes * MINUTE_MS;

/**
 * The order that a push goes against; undefined if the stream may be pushed.
 *
 * @param orders - of the stream, newest first.
 * @param receivedAt - when the push event was received.
 */
export function cameBack(
  orders: readonly Order[],
  receivedAt: string,
  now: Date,
  { republish }: Pick<Policy, "republish">,
): CameBack | undefined {
  const off = sinceEnabled(orders).filter(tookOff);
  const [latest] = off;
  if (!latest || receivedAt <= begunAt(latest)) return undefined;
  // An operator's order that is still to be carried out comes first: a newer disable by a rule would supersede it.
  if (latestEffectiveOrder(orders)?.outcome === undefined && overridesRules(orders, now)) return undefined;
  // A later pause does not end a disable that is in force.
  const order = disableStillInForce(off, now) ?? (isWatched(latest, receivedAt, republish) ? latest : undefined);
  if (!order) return undefined;
  const { after, times } = order.authority.republish ?? { after: order.number, times: 0 };
  return { order, republish: { after, times: times + 1 } };
}

/** The decision on a re-publish: with the authority of the original order, and never with more. */
export function decideRepublish({ order, republish }: CameBack, now: Date, policy: Policy): Decision {
  const { authority, action, resumeTime } = order;
  const rule = authority.kind === "rule" ? authority.rule : "operator";
  if (authority.kind === "rule") {
    const entry = sourceOf(authority.source, policy);
    if (!entry) return { action: "review", because: "unknown-source", rule, republish };
    // The one pause that a weak source may cause is used up.
    if (isWeak(entry.grade)) return { action: "review", because: "weak-grade", rule, republish };
  }
  const because = "republish";
  if (action === "disable" && resumeTime !== undefined) return { action, because, rule, republish, resumeTime };
  if (republish.times < policy.republish.disableAfter) return { action: "pause", because, rule, republish };
  return {
    action: "disable",
    because,
    rule,
    republish,
    resumeTime: resumeTimeAfter(now, policy.republish.disableHours),
  };
}

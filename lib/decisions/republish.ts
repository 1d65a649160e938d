/**
 * Decides whether a push is a re-publish of a stream that is to be off the air, and what to do about it. Pure. A re-publish is another push
 * than the one that was cut, however late its callbacks arrive (lib/orders/push-identity.ts). A pause counts for the policy's window,
 * because most encoders reconnect by themselves within seconds. A disable counts until its resume time, because
 * somebody may have enabled the stream at Live.
 */
import { definedOnly } from "../core/defined-only.ts";
import { MINUTE_MS, resumeTimeAfter } from "../core/time.ts";
import { mayHaveActed } from "../orders/attempts.ts";
import type { Order, Republish } from "../orders/order.ts";
import { hadNoEffect, latestEffectiveOrder, overridesRules, sinceEnabled, tookOff } from "../orders/order-history.ts";
import { beganWhen, calledAt, plausibleStart } from "../orders/push-identity.ts";
import { isWeak } from "../policy/grade.ts";
import { type Policy, sourceOf } from "../policy/policy.ts";
import type { Decision } from "./decision.ts";

export interface CameBack {
  /** The order that took the stream off the air; the new order has its authority. */
  readonly order: Order;
  readonly republish: Republish;
  /** The push may be the one that was cut: it is cut again, and neither counted nor a reason to disable the stream. */
  readonly isUnclear?: true;
}

/** The start of a push, as a callback reports it. */
export interface PushStart {
  readonly receivedAt: string;
  /** By Live's clock; absent if the callback does not say it. */
  readonly startedAt?: string | undefined;
}

/** Also an order without an outcome, given up or still to be delivered again, whose call may have reached Live. */
const mayHaveTakenOff = (order: Order): boolean =>
  tookOff(order) || (order.action !== "enable" && order.outcome === undefined && mayHaveActed(order));

/** The newest disable, if it is in force. Earlier ones do not count, because an operator may have shortened them. */
const disableStillInForce = (off: readonly Order[], now: Date): Order | undefined => {
  const disable = off.find(({ action }) => action === "disable");
  return disable && Date.parse(disable.resumeTime ?? "") > now.getTime() ? disable : undefined;
};

const isWatched = (order: Order, receivedAt: string, { republish }: Pick<Policy, "republish">): boolean =>
  order.action === "pause" &&
  Date.parse(receivedAt) - Date.parse(calledAt(order)) <= republish.windowMinutes * MINUTE_MS;

/**
 * The order that a push goes against; undefined if the stream may be pushed.
 *
 * @param orders - of the stream, newest first.
 */
export function cameBack(
  orders: readonly Order[],
  push: PushStart,
  now: Date,
  policy: Pick<Policy, "republish">,
): CameBack | undefined {
  const off = sinceEnabled(orders).filter(mayHaveTakenOff);
  const [latest] = off;
  const { receivedAt } = push;
  if (!latest || receivedAt <= calledAt(latest)) return undefined;
  const startedAt = plausibleStart(push, latest);
  const began = beganWhen(startedAt, latest);
  if (began === "before") return undefined;
  // An operator's order that is still to be carried out comes first: a newer disable by a rule would supersede it.
  if (latestEffectiveOrder(orders)?.outcome === undefined && overridesRules(orders, now)) return undefined;
  // A later pause does not end a disable that is in force.
  const order = disableStillInForce(off, now) ?? (isWatched(latest, receivedAt, policy) ? latest : undefined);
  if (!order) return undefined;
  const { after, times } = timesBack(order);
  const republish = definedOnly({ after, times: began === "unclear" ? times : times + 1, startedAt });
  return { order, republish, ...(began === "unclear" && { isUnclear: true }) };
}

const timesBack = (order: Order): Pick<Republish, "after" | "times"> =>
  order.authority.republish ?? { after: order.number, times: 0 };

/**
 * What follows when the statistics show that a pause did not end the push.
 *
 * @returns undefined if a newer order of the stream had an effect, or may have had one.
 */
export function wentOn(orders: readonly Order[], pause: Order): CameBack | undefined {
  const newest = orders.find((order) => !hadNoEffect(order));
  if (newest?.number !== pause.number) return undefined;
  const { after, times } = timesBack(pause);
  return { order: pause, republish: { after, times, wentOn: true } };
}

/** The reason of a decision on a push that may be the one that was cut. */
export const UNCLEAR = "republish-unclear";

/** The decision on a re-publish: with the authority of the original order, and never with more. */
export function decideRepublish({ order, republish, isUnclear }: CameBack, now: Date, policy: Policy): Decision {
  const { authority, action, resumeTime } = order;
  const rule = authority.kind === "rule" ? authority.rule : "operator";
  if (authority.kind === "rule") {
    const entry = sourceOf(authority.source, policy);
    if (!entry) return { action: "review", because: "unknown-source", rule, republish };
    // The one pause that a weak source may cause is used up.
    if (isWeak(entry.grade)) return { action: "review", because: "weak-grade", rule, republish };
  }
  if (isUnclear) return { action: "pause", because: UNCLEAR, rule, republish };
  // An operator asked for a pause and no more: a person decides what follows.
  if (republish.wentOn && authority.kind === "operator")
    return { action: "review", because: "went-on", rule, republish };
  if (republish.wentOn) {
    const ofRule = policy.rules.find(({ id }) => id === rule);
    const onRepeat = ofRule && "onRepeat" in ofRule ? ofRule.onRepeat : undefined;
    const hours = onRepeat?.disableHours[0] ?? policy.republish.disableHours;
    return { action: "disable", because: "went-on", rule, republish, resumeTime: resumeTimeAfter(now, hours) };
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

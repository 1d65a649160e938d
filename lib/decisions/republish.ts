/**
 * Is a stream that somebody begins to push one that is to be off? Pure. A pause is watched for a while, for most encoders come back by
 * themselves within seconds; a disable for as long as it lasts, for somebody may have lifted it at Live.
 */
import { MINUTE_MS, resumeTimeAfter } from "../core/time.ts";
import type { Order, Republish } from "../orders/order.ts";
import { latestEffectiveOrder, overridesRules, sinceEnabled, tookOff } from "../orders/order-history.ts";
import { isWeak } from "../policy/grade.ts";
import { type Policy, sourceOf } from "../policy/policy.ts";
import type { Decision } from "./decision.ts";

export interface CameBack {
  /** The order whose work is undone, and on whose word it is done again. */
  readonly order: Order;
  readonly republish: Republish;
}

/** When the call that took the stream off was begun: a push that somebody told of before was cut by it. */
const begunAt = ({ attempts, placedAt }: Order): string =>
  attempts.findLast(({ result }) => result !== "not-done")?.at ?? placedAt;

/** Only the newest disable counts: a person may have shortened what was before. */
const holding = (off: readonly Order[], now: Date): Order | undefined => {
  const disable = off.find(({ action }) => action === "disable");
  return disable && Date.parse(disable.resumeTime ?? "") > now.getTime() ? disable : undefined;
};

const isWatched = (order: Order, receivedAt: string, { windowMinutes }: Policy["republish"]): boolean =>
  order.action === "pause" && Date.parse(receivedAt) - Date.parse(begunAt(order)) <= windowMinutes * MINUTE_MS;

/**
 * @param orders - of the stream, newest first.
 * @param receivedAt - of the word that the stream is pushed.
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
  // What a person said last will be done yet, however long that takes: a newer disable of ours would overtake it.
  if (latestEffectiveOrder(orders)?.outcome === undefined && overridesRules(orders, now)) return undefined;
  // A pause takes nothing from a disable that still holds.
  const order = holding(off, now) ?? (isWatched(latest, receivedAt, republish) ? latest : undefined);
  if (!order) return undefined;
  const { after, times } = order.authority.republish ?? { after: order.number, times: 0 };
  return { order, republish: { after, times: times + 1 } };
}

/** With the authority of the original decision, and never more than that had. */
export function decideRepublish({ order, republish }: CameBack, now: Date, policy: Policy): Decision {
  const { authority, action, resumeTime } = order;
  const rule = authority.kind === "rule" ? authority.rule : "operator";
  if (authority.kind === "rule") {
    const entry = sourceOf(authority.source, policy);
    if (!entry) return { action: "review", because: "unknown-source", rule, republish };
    // Its one pause is used up.
    if (isWeak(entry.grade)) return { action: "review", because: "weak-grade", rule, republish };
  }
  const because = "republish";
  if (action === "disable" && resumeTime !== undefined) return { action, because, rule, republish, resumeTime };
  if (republish.times < policy.republish.disableAfter) return { action: "pause", because, rule, republish };
  return {
    ...{ action: "disable", because, rule, republish },
    resumeTime: resumeTimeAfter(now, policy.republish.disableHours),
  };
}

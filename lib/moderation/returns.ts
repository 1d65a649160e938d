/**
 * Is a stream that somebody begins to push one that is to be off? Pure. A pause is watched for a while, for most encoders come back by
 * themselves within seconds; a disable for as long as it lasts, for somebody may have lifted it at Live.
 */
import { MINUTE_MS, resumeTimeAfter } from "../time.ts";
import type { Decision } from "./decide.ts";
import { isWeak } from "./grade.ts";
import { type Order, type Returned, sinceEnabled, tookOff } from "./order.ts";
import { type Policy, sourceOf } from "./policy.ts";

export interface CameBack {
  /** The order whose work is undone, and on whose word it is done again. */
  readonly order: Order;
  readonly returned: Returned;
}

/** When the call that took the stream off was begun: a push that somebody told of before was cut by it. */
const begunAt = ({ attempts, placedAt }: Order): string =>
  attempts.findLast(({ result }) => result !== "not-done")?.at ?? placedAt;

/**
 * @param orders - of the stream, newest first.
 * @param receivedAt - of the word that the stream is pushed.
 */
export function cameBack(
  orders: readonly Order[],
  receivedAt: string,
  now: Date,
  { returns }: Pick<Policy, "returns">,
): CameBack | undefined {
  const order = sinceEnabled(orders).find(tookOff);
  if (!order || receivedAt <= begunAt(order)) return undefined;
  const { action, resumeTime, authority } = order;
  const isToBeOff =
    action === "disable"
      ? Date.parse(resumeTime ?? "") > now.getTime()
      : Date.parse(receivedAt) - Date.parse(begunAt(order)) <= returns.windowMinutes * MINUTE_MS;
  if (!isToBeOff) return undefined;
  const { after, times } = authority.returned ?? { after: order.number, times: 0 };
  return { order, returned: { after, times: times + 1 } };
}

/** With the authority of the original decision, and never more than that had. */
export function decideReturn({ order, returned }: CameBack, now: Date, policy: Policy): Decision {
  const { authority, action, resumeTime } = order;
  const rule = authority.kind === "rule" ? authority.rule : "operator";
  if (authority.kind === "rule") {
    const entry = sourceOf(authority.source, policy);
    if (!entry) return { action: "review", because: "unknown-source", rule, returned };
    // Its one pause is used up.
    if (isWeak(entry.grade)) return { action: "review", because: "weak-grade", rule, returned };
  }
  const because = "returned";
  if (action === "disable" && resumeTime !== undefined) return { action, because, rule, returned, resumeTime };
  if (returned.times < policy.returns.disableAfter) return { action: "pause", because, rule, returned };
  return {
    ...{ action: "disable", because, rule, returned },
    resumeTime: resumeTimeAfter(now, policy.returns.disableHours),
  };
}

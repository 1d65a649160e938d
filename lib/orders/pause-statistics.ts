/**
 * Decides by Live's statistics whether a pause interrupted the push. Pure. They are the response to a signed call, so they may start the rule's
 * next step.
 */
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../core/timeouts.ts";
import { type Called, cutBetween, lastCall } from "./push-identity.ts";

/** An uninterrupted part of a push in Live's statistics: from the first to the last second with data, by Live's clock. */
export interface PushPeriod {
  readonly fromMs: number;
  readonly toMs: number;
}

type Statistics = readonly (readonly PushPeriod[])[];
type Cut = ReturnType<typeof cutBetween>;

export type PushVerdict = "interrupted" | "went-on" | "unclear";

/** Live may take a moment to carry out a call that it accepted. */
const TAKES_EFFECT_MS = 10 * SECOND_MS;
/** The statistics have a second's resolution. */
const RESOLUTION_MS = 2 * SECOND_MS;

/** Below `TAKES_EFFECT_MS`, so that no difference of clocks makes a push look as if it went on. */
const SAME_CLOCK_MS = 5 * SECOND_MS;

/**
 * Whether times that Live reports now can be compared with `cutBetween`: its clock is as far ahead as it was at the cut, or as offair's if
 * the cut is known by offair's clock only.
 */
export function hasSameClock(liveNow: Date, now: Date, order: Called): boolean {
  const { doneBetween } = lastCall(order) ?? {};
  const aheadMs = doneBetween && order.endedAt ? Date.parse(doneBetween[1]) - Date.parse(order.endedAt) : 0;
  return Math.abs(liveNow.getTime() - now.getTime() - aheadMs) <= SAME_CLOCK_MS;
}

/**
 * What the statistics show about a pause. They must have been read so long after the cut that their delay does not look like an interruption.
 *
 * @param statistics - one list of periods for each kind of data.
 * @returns `unclear` if there are no data of a push that ran at the time of the cut, or if the kinds of data disagree.
 */
export function judgeStatistics(statistics: Statistics, order: Called): PushVerdict {
  const verdict = judgeCut(statistics, cutBetween(order));
  if (verdict !== "unclear") return verdict;
  // The push may have been cut by an earlier call, whose response was lost.
  const isCutEarlier = lostCalls(order).some((cut) => judgeCut(statistics, cut) === "interrupted");
  return isCutEarlier ? "interrupted" : "unclear";
}

/** The period of the statistics that shows every call of the pause, by Live's clock. */
export function statisticsBetween(order: Called): { readonly fromMs: number; readonly toMs: number } {
  const { fromMs, toMs } = cutBetween(order);
  const earliestMs = Math.min(fromMs, ...lostCalls(order).map((cut) => cut.fromMs));
  return { fromMs: earliestMs - MINUTE_MS, toMs: toMs + MINUTE_MS };
}

const lostCalls = ({ attempts }: Called): Cut[] =>
  attempts
    .filter(({ result }) => result === "unknown")
    .map(({ at }) => ({ fromMs: Date.parse(at), toMs: Date.parse(at) + MAX_LIVE_TIMEOUT_MS }));

function judgeCut(statistics: Statistics, cut: Cut): PushVerdict {
  const [verdict = "unclear", ...others] = new Set(statistics.map((periods) => judgePeriods(periods, cut)));
  return others.length === 0 ? verdict : "unclear";
}

/** `went-on` only if one period spans the time of the cut, and nothing begins or ends there. */
function judgePeriods(periods: readonly PushPeriod[], { fromMs, toMs }: Cut): PushVerdict {
  const beginsMs = Math.floor(fromMs / SECOND_MS) * SECOND_MS;
  const endsMs = toMs + TAKES_EFFECT_MS;
  const ran = periods.filter((each) => each.fromMs < beginsMs && each.toMs >= beginsMs - RESOLUTION_MS);
  if (ran.some((each) => each.toMs <= endsMs)) return "interrupted";
  const isBegun = periods.some((each) => each.fromMs >= beginsMs && each.fromMs <= endsMs);
  return ran.length > 0 && !isBegun ? "went-on" : "unclear";
}
